/** Namespace of eNotumLite's payloads (eNotumLite contract, section 3). */
const enotum = 'http://www.aoc.cat/eNotum';

/** Content type of SOAP 1.1. */
export const soapContentType = 'text/xml; charset=utf-8';

/** Puts a payload (XML without a declaration) into a SOAP 1.1 envelope. */
export function soapEnvelope(payload: string): string {
	return (
		'<?xml version="1.0" encoding="UTF-8"?>' +
		`<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>${payload}</soapenv:Body></soapenv:Envelope>`
	);
}

/**
 * What an issuer answers to `ActualitzarEstat` (eNotumLite contract, section 9): a whole SOAP 1.1 message.
 * @param idNotificacio the number that the callback carried
 * @param error the issuer's refusal; none means that it took the new state
 */
export function actualitzarEstatAnswer(
	idNotificacio: number | string,
	error?: { readonly code: string; readonly message: string },
): string {
	const refusal = error
		? `<Error><CodiError>${escapeXml(error.code)}</CodiError><MissatgeError>${escapeXml(error.message)}</MissatgeError></Error>`
		: '';
	return soapEnvelope(
		`<RespostaActualitzarEstat xmlns="${enotum}"><ResultatActualitzarEstat><IdNotificacio>${escapeXml(String(idNotificacio))}</IdNotificacio>` +
			`${refusal}</ResultatActualitzarEstat></RespostaActualitzarEstat>`,
	);
}

function escapeXml(text: string): string {
	return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
