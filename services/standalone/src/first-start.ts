import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { replaceFile } from '@fefaent/files';
import type { DirectoryOperations } from '@fefaent/gateway';
import { crashpoint, DomainError } from '@fefaent/kernel';
import { createAuthority, issueCertificate, toPem } from '@fefaent/pki';
import type { Env } from '@fefaent/service-kit';
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

/** Adds a certificate for the TLS port to an environment that names none: a sandbox has mutual TLS to try out of the box. */
export async function withTestTls(env: Env, folder: DataFolder): Promise<Env> {
	// One without the other is a slip that the gateway tells, and not covered up here.
	if (env.FEFAENT_GATEWAY_TLS_CERT_FILE || env.FEFAENT_GATEWAY_TLS_KEY_FILE) return env;
	const { cert, key } = await testServerCertificate(folder);
	return { ...env, FEFAENT_GATEWAY_TLS_CERT_FILE: cert, FEFAENT_GATEWAY_TLS_KEY_FILE: key };
}

/** Paths of the TLS port's certificate and key, made by a test authority of this installation at the first call. */
async function testServerCertificate(folder: DataFolder): Promise<{ readonly cert: string; readonly key: string }> {
	const files = { cert: folder.file('tls', 'server.pem'), key: folder.file('tls', 'server.key') };
	if (!existsSync(files.cert)) {
		const authority = await createAuthority({ commonName: 'Fefaent TEST TLS authority', days });
		const server = await issueCertificate(authority, {
			commonName: 'localhost',
			purpose: 'server',
			days,
			subjectAltNames: ['localhost', hostname(), '127.0.0.1', '::1'],
		});
		await replaceFile(files.key, server.privateKey.export({ format: 'pem', type: 'pkcs8' }), {
			afterNamed: () => crashpoint('standalone.tls.after-key'),
		});
		await replaceFile(folder.file('tls', 'ca.pem'), toPem('CERTIFICATE', authority.certificate));
		// The certificate comes last: where it is, the others are, whole and on disk.
		await replaceFile(files.cert, toPem('CERTIFICATE', server.certificate), {
			beforeNamed: () => crashpoint('standalone.tls.before-certificate'),
			afterNamed: () => crashpoint('standalone.tls.after-certificate'),
		});
	}
	return files;
}
