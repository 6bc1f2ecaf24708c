// Keys, certificates and time-stamps made by OpenSSL: nothing of the product checks itself.
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Whether OpenSSL's command is there. */
export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** Kinds of signing keys that a PKCS#12 file may hold. */
export const keyTypes = {
	'ecdsa-p256': ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
	'rsa-3072': ['rsa', '-pkeyopt', 'rsa_keygen_bits:3072'],
};

/** Runs `openssl` in a folder. */
export function openssl(folder: string, ...args: readonly string[]): void {
	execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
}

const extensions = `
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[intermediate]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[signer]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, nonRepudiation
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tsa]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[authority]
database = index.txt
rand_serial = yes
new_certs_dir = .
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
`;

/** What a certificate is issued as; the validity is from and to, as YYYYMMDDHHMMSSZ. */
interface Certificate {
	readonly name: string;
	readonly issuer?: string;
	readonly purpose: 'root' | 'intermediate' | 'signer' | 'tsa';
	readonly key?: readonly string[];
	readonly validity?: readonly [string, string];
}

/** Makes `<name>.key` and `<name>.pem`. */
function issue(folder: string, { name, issuer = name, purpose, key = keyTypes['ecdsa-p256'], validity }: Certificate): void {
	openssl(folder, 'genpkey', '-algorithm', ...key, '-out', `${name}.key`);
	openssl(folder, 'req', '-new', '-config', 'openssl.cnf', '-subj', `/CN=${name}`, '-key', `${name}.key`, '-out', `${name}.csr`);
	const signedBy = issuer === name ? ['-selfsign', '-keyfile', `${name}.key`] : ['-cert', `${issuer}.pem`, '-keyfile', `${issuer}.key`];
	const [from, to] = validity ?? ['20250101000000Z', '20450101000000Z'];
	const request = ['-batch', '-notext', '-in', `${name}.csr`, '-out', `${name}.pem`];
	openssl(
		folder,
		...['ca', '-config', 'openssl.cnf', '-name', 'authority', '-extensions', purpose, '-startdate', from, '-enddate', to],
		...signedBy,
		...request,
	);
}

/** Makes the authorities of signers and of time-stamps: `root`, `intermediate`, `tsa-root`, `tsa`, and `tsa-expired`. */
export function makeAuthorities(folder: string): void {
	writeFileSync(join(folder, 'openssl.cnf'), `[req]\ndistinguished_name = any\n${extensions}`);
	writeFileSync(join(folder, 'index.txt'), '');
	issue(folder, { name: 'root', purpose: 'root' });
	issue(folder, { name: 'intermediate', issuer: 'root', purpose: 'intermediate' });
	issue(folder, { name: 'tsa-root', purpose: 'root' });
	issue(folder, { name: 'tsa', issuer: 'tsa-root', purpose: 'tsa' });
	issue(folder, { name: 'tsa-expired', issuer: 'tsa-root', purpose: 'tsa', validity: ['20200101000000Z', '20210101000000Z'] });
}

/** Makes `<name>.p12` with a key, its certificate by the intermediate authority, that one and the root. */
export function makeSigner(folder: string, name: keyof typeof keyTypes, password: string): void {
	issue(folder, { name, issuer: 'intermediate', purpose: 'signer', key: keyTypes[name] });
	execFileSync('sh', ['-c', 'cat intermediate.pem root.pem > chain.pem'], { cwd: folder });
	const content = ['-inkey', `${name}.key`, '-in', `${name}.pem`, '-certfile', 'chain.pem'];
	openssl(folder, 'pkcs12', '-export', ...content, '-passout', `pass:${password}`, '-out', `${name}.p12`);
}
