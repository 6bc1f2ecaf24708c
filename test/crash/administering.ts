// What an operator does: issuers, keys, certificates and administrations come and go. Broken off by a kill anywhere it is done again from the start, as an
// operator would who got no answer; what was answered before must stand then.
import { issueTestCertificates } from '@fefaent/testing';
import { request } from 'undici';
import type { RunningFefaent } from '../support/process.ts';
import { consultRequest, envelope } from '../support/requests.ts';
import type { Books, CredentialEntry } from './ledger.ts';
import type { Journal } from './scenario.ts';

interface Items<T> {
	readonly items: readonly T[];
}
interface IssuerView {
	readonly code: string;
	readonly name: string;
}
interface Known {
	readonly issuers: readonly IssuerView[];
	readonly credentials: readonly CredentialEntry[];
	readonly cifs: readonly string[];
}

const v1 = '/admin/v1';
const label = 'killed';
/** One added and kept, one added and taken off again. */
const [kept, removed] = ['P1700000A', 'A58818501'];
const keyOf = (id: string) => `key ${id}`;

/** One certificate for each issuer: registering it twice is refused. */
const certificates = new Map<string, Promise<string>>();
function clientCertificate(issuer: string): Promise<string> {
	const certificate = certificates.get(issuer) ?? issueTestCertificates().then(({ client }) => client.cert);
	certificates.set(issuer, certificate);
	return certificate;
}

/**
 * Plays the operator. @param issuer code of an issuer of the script's own
 * @throws Error when something that was answered in an earlier run does not stand, and when the process dies under it
 */
export async function playAdministering(process: RunningFefaent, issuer: string, journal: Journal): Promise<void> {
	const { admin } = process;
	const known = await state(process, issuer);
	const wrong = forgotten(known, issuer, journal);
	if (wrong.length > 0) throw new Error(`what was answered does not stand: ${wrong.join('; ')}`);
	const { answered } = journal;

	if (!known.issuers.some(({ code }) => code === issuer)) await admin('POST', `${v1}/issuers`, { code: issuer, name: 'One' });
	answered.set('issuer', '');
	await admin('PATCH', `${v1}/issuers/${issuer}`, { name: 'Two' });
	answered.set('issuer', 'Two');

	const { key, credential } = await admin<{ key: string; credential: CredentialEntry }>('POST', `${v1}/credentials/api-keys`, {
		label,
		issuers: [issuer],
	});
	answered.set(keyOf(credential.id), key);
	await expectStatus(process, issuer, key, 200);
	await usedOnce(process, issuer, credential.id);
	if (!known.credentials.some(({ kind }) => kind === 'certificate'))
		await admin('POST', `${v1}/credentials/certificates`, { label, issuers: [issuer], pem: await clientCertificate(issuer) });
	answered.set('certificate', 'registered');
	for (const [name, id] of [...answered.keys()].map((one) => [one, one.replace('key ', '')] as const).filter(([one, id]) => one !== id)) {
		await admin('DELETE', `${v1}/credentials/${id}`);
		await expectStatus(process, issuer, answered.get(name) ?? '', 401);
		answered.set(`revoked ${id}`, name);
	}

	await admin('PUT', `${v1}/administrations/${kept}`, { name: 'Kept' });
	answered.set('kept', kept);
	await admin('POST', `${v1}/administrations/import`, { entries: [{ cif: removed, name: 'Removed' }] });
	await admin('DELETE', `${v1}/administrations/${removed}`);
	answered.set('removed', removed);
}

/** What is wrong with what the operator left; empty when nothing is. */
export async function administered({ directory }: Books, issuer: string, journal: Journal): Promise<string[]> {
	const [issuers, credentials, administrations] = await Promise.all([
		directory.listIssuers(),
		directory.listCredentials({ issuer }),
		directory.listAdministrations(),
	]);
	const known: Known = { issuers, credentials, cifs: administrations.map(({ cif }) => cif) };
	const wrong = forgotten(known, issuer, journal);
	const names = known.issuers.filter(({ code }) => code === issuer).map(({ name }) => name);
	if (names.join() !== 'Two') wrong.push(`the issuer is ${names.join() || 'unknown'}`);
	const registered = known.credentials.filter(({ kind }) => kind === 'certificate');
	if (registered.length !== 1) wrong.push(`the certificate is registered ${registered.length} times`);
	// A key that was made, and whose answer the kill took, was never shown: it is listed, and may be revoked like any other.
	const shown = known.credentials.filter(({ id }) => journal.answered.has(keyOf(id))).length;
	const keys = known.credentials.filter(({ kind }) => kind === 'api-key').length;
	if (keys - shown > 1) wrong.push(`${keys} keys are listed, ${shown} were answered`);
	return wrong;
}

/** What was answered and is not so. */
function forgotten({ issuers, credentials, cifs }: Known, issuer: string, { answered }: Journal): string[] {
	const wrong: string[] = [];
	const name = answered.get('issuer');
	const found = issuers.find(({ code }) => code === issuer);
	if (name !== undefined && !found) wrong.push('the issuer is unknown');
	if (name && found?.name !== name) wrong.push(`the issuer is called ${found?.name}, not ${name}`);
	if (answered.has('certificate') && !credentials.some(({ kind }) => kind === 'certificate')) wrong.push('the certificate is unknown');
	for (const one of answered.keys()) {
		const [, what, id] = /^(key|revoked) (.+)$/.exec(one) ?? [];
		if (what === undefined) continue;
		const credential = credentials.find((listed) => listed.id === id);
		if (!credential) wrong.push(`key ${id} is unknown`);
		else if (what === 'revoked' && credential.revokedAt === undefined) wrong.push(`key ${id} opens again`);
	}
	if (answered.has('kept') && !cifs.includes(kept)) wrong.push('an administration was forgotten');
	if (answered.has('removed') && cifs.includes(removed)) wrong.push('an administration that was taken off is back');
	return wrong;
}

/** Everything that the operator sees. */
async function state({ admin }: RunningFefaent, issuer: string): Promise<Known> {
	const [issuers, credentials, administrations] = await Promise.all([
		admin<Items<IssuerView>>('GET', `${v1}/issuers`),
		admin<Items<CredentialEntry>>('GET', `${v1}/credentials?issuer=${issuer}`),
		admin<Items<{ readonly cif: string }>>('GET', `${v1}/administrations`),
	]);
	return { issuers: issuers.items, credentials: credentials.items, cifs: administrations.items.map(({ cif }) => cif) };
}

async function expectStatus({ publicUrl }: RunningFefaent, issuer: string, key: string, status: number): Promise<void> {
	const answer = await request(new URL('/soap/enotum-lite', publicUrl), {
		method: 'POST',
		headers: { 'content-type': 'text/xml', 'x-api-key': key },
		body: envelope(consultRequest([1], issuer)),
	});
	await answer.body.dump();
	if (answer.statusCode !== status) throw new Error(`a key was answered ${answer.statusCode}, not ${status}`);
}

/** Waits until the use of a key is noted, which is done beside the answer. */
async function usedOnce(process: RunningFefaent, issuer: string, id: string): Promise<void> {
	const deadline = Date.now() + 10_000;
	while ((await state(process, issuer)).credentials.find((one) => one.id === id)?.lastUsedAt === undefined) {
		if (Date.now() > deadline) throw new Error(`the use of key ${id} is not noted after 10 s`);
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
}
