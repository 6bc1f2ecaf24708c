import type { Standalone } from './start.ts';

/** A first notification that can be pasted into a terminal; the digest is the SHA-256 of an empty file. */
const request = [
	'<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>',
	'<PeticioCrearNotificacio xmlns="http://www.aoc.cat/eNotum"><Emissor>DEMO</Emissor><Notificacio>',
	'<Titol>La meva primera notificació</Titol><Referencia>EXP-1</Referencia><TipusObjecte>NOTIFICACIO</TipusObjecte>',
	'<Destinataris><Destinatari><PersonaFisica><BustiaCorreu>maria@example.cat</BustiaCorreu><Telefon>600123456</Telefon>',
	'<DocumentIdentificatiu><NIF>12345678Z</NIF></DocumentIdentificatiu><Nom>Maria</Nom><PrimerCognom>Puig</PrimerCognom>',
	'</PersonaFisica></Destinatari></Destinataris>',
	'<Documents><Document><Nom>resolucio.pdf</Nom><DigestDocument digestAlgorithm="SHA-256">47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=</DigestDocument>',
	'<Tipus>Resolució</Tipus></Document></Documents></Notificacio></PeticioCrearNotificacio></soapenv:Body></soapenv:Envelope>',
].join('');

/** What a newcomer reads once everything is up. The last line is the one that programs wait for. */
export function quickstartText(
	fefaent: Pick<Standalone, 'publicUrl' | 'adminUrl' | 'mtlsUrl'>,
	{ dataDir, sandbox, openLoopback }: { readonly dataDir: string; readonly sandbox: boolean; readonly openLoopback: boolean },
): string {
	const { publicUrl, adminUrl, mtlsUrl } = fefaent;
	const addresses = [
		`  eNotumLite SOAP   ${publicUrl}/soap/enotum-lite   (WSDL: ?wsdl)`,
		...(mtlsUrl === undefined ? [] : [`  the same, mTLS    ${mtlsUrl}/soap/enotum-lite`]),
		`  admin API         ${adminUrl}/admin/docs`,
		`  data              ${dataDir}`,
	];
	const key = openLoopback ? '' : ' -H "X-API-Key: $FEFAENT_API_KEY"';
	const first = [
		'',
		...(openLoopback ? [] : ['Callers need a key: npx fefaent key create --issuer DEMO --label first; export it as FEFAENT_API_KEY.', '']),
		'Create a first notification:',
		'',
		`curl -s ${publicUrl}/soap/enotum-lite${key} -H 'Content-Type: text/xml; charset=utf-8' -d '${request}'`,
		'',
		'or see a whole life played: npx fefaent demo',
	];
	return [...addresses, ...(sandbox ? first : []), '', `Fefaent is ready: ${publicUrl} (admin ${adminUrl})`].join('\n');
}
