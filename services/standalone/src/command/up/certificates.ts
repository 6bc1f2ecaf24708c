import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAuthority, issueCertificate, toPem } from '@fefaent/pki';

/** Long enough for an installation to play with. */
const days = 3_650;

/**
 * Makes a test authority and a certificate of each service, once: `<folder>/<service>/{ca,cert,key}.pem`, as FEFAENT_TLS_FOLDER asks for. The authority's key
 * is thrown away, so that nobody can join later.
 */
export async function makeTestCertificates(folder: string, services: readonly string[]): Promise<void> {
	if (services.every((service) => existsSync(join(folder, service, 'cert.pem')))) return;
	const authority = await createAuthority({ commonName: 'Fefaent TEST authority of services', days });
	for (const service of services) {
		const own = await issueCertificate(authority, { commonName: service, purpose: 'peer', days, subjectAltNames: [service] });
		mkdirSync(join(folder, service), { recursive: true, mode: 0o700 });
		writeFileSync(join(folder, service, 'key.pem'), own.privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
		writeFileSync(join(folder, service, 'ca.pem'), toPem('CERTIFICATE', authority.certificate));
		// The certificate comes last: where it is, the others are.
		writeFileSync(join(folder, service, 'cert.pem'), toPem('CERTIFICATE', own.certificate));
	}
}
