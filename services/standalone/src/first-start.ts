import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { DirectoryOperations } from '@fefaent/gateway';
import { DomainError } from '@fefaent/kernel';
import { createAuthority, issueCertificate, toPem } from '@fefaent/pki';
import type { DataFolder } from './data-folder.ts';

/** Certificates live ten years: a sandbox moves its clock far ahead. */
const days = 3_650;

/** The issuer that the quickstart notifies with. */
export const demoIssuer = 'DEMO';

/** Registers the issuer `DEMO`, once. */
export async function registerDemoIssuer(directory: DirectoryOperations): Promise<void> {
	try {
		await directory.registerIssuer({
			code: demoIssuer,
			name: 'Ajuntament de Demostració',
			noticeDefaults: { firstNotice: true, reminder: true },
		});
	} catch (error) {
		if (!(error instanceof DomainError && error.reason === 'ISSUER_EXISTS')) throw error;
	}
}

/** Paths of the TLS port's certificate and key, made by a test authority of this installation at the first call. */
export async function testServerCertificate(folder: DataFolder): Promise<{ readonly cert: string; readonly key: string }> {
	const files = { cert: folder.file('tls', 'server.pem'), key: folder.file('tls', 'server.key') };
	if (!existsSync(files.cert)) {
		mkdirSync(folder.file('tls'), { recursive: true, mode: 0o700 });
		const authority = await createAuthority({ commonName: 'Fefaent TEST TLS authority', days });
		const server = await issueCertificate(authority, {
			commonName: 'localhost',
			purpose: 'server',
			days,
			subjectAltNames: ['localhost', hostname(), '127.0.0.1', '::1'],
		});
		writeFileSync(files.key, server.privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
		writeFileSync(folder.file('tls', 'ca.pem'), toPem('CERTIFICATE', authority.certificate));
		// The certificate comes last: where it is, the others are.
		writeFileSync(files.cert, toPem('CERTIFICATE', server.certificate));
	}
	return files;
}
