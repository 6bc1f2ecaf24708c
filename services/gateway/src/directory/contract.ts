import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DirectoryStore } from './port.ts';
import type { Administration, Credential, Issuer } from './types.ts';

/** One kind of store under test. */
export interface DirectoryUnderTest {
	readonly store: DirectoryStore;
	/** Closes it and opens what it left behind. */
	reopen(): Promise<DirectoryStore>;
	dispose(): Promise<void>;
}

const noon = new Date('2026-03-01T12:00:00Z');
const later = new Date('2026-03-02T12:00:00Z');

function issuer(code: string, change: Partial<Issuer> = {}): Issuer {
	return {
		code,
		name: `Ens ${code}`,
		enabled: true,
		defaultExpiryDays: 10,
		noticeDefaults: { firstNotice: false, reminder: true },
		evidenceForm: 'seed',
		createdAt: noon,
		version: 1,
		...change,
	};
}

function credential(id: string, change: Partial<Credential> = {}): Credential {
	return { id, label: 'prova', kind: 'api-key', digest: id.repeat(4), issuers: ['A'], createdAt: noon, ...change };
}

function administration(key: string, name = ''): Administration {
	return { key, cif: key.slice(3), name, addedAt: noon };
}

/** What every store of the directory must do. */
export function directoryStoreContract(name: string, open: () => Promise<DirectoryUnderTest>): void {
	describe(`directory store: ${name}`, () => {
		let under: DirectoryUnderTest;
		let store: DirectoryStore;
		const page = { after: '', limit: 10 };

		beforeEach(async () => {
			under = await open();
			store = under.store;
		});
		afterEach(() => under.dispose());

		it('keeps issuers whole, also over a restart', async () => {
			expect(await store.insertIssuer(issuer('A'))).toBe(true);
			expect(await store.insertIssuer(issuer('A', { name: 'un altre' }))).toBe(false);
			store = await under.reopen();
			expect(await store.issuers(['A', 'B', 'A'])).toEqual([issuer('A')]);
			expect(await store.issuers([])).toEqual([]);
		});

		it('replaces an issuer only over the version before', async () => {
			await store.insertIssuer(issuer('A'));
			expect(await store.replaceIssuer(issuer('A', { version: 2, name: 'nou' }))).toBe(true);
			expect(await store.replaceIssuer(issuer('A', { version: 2, name: 'tard' }))).toBe(false);
			expect(await store.replaceIssuer(issuer('B', { version: 2 }))).toBe(false);
			expect(await store.issuers(['A'])).toEqual([issuer('A', { version: 2, name: 'nou' })]);
		});

		it('lists issuers by pages, by code', async () => {
			for (const code of ['C', 'A', 'B']) await store.insertIssuer(issuer(code));
			expect((await store.listIssuers({ after: '', limit: 2 })).map((one) => one.code)).toEqual(['A', 'B']);
			expect((await store.listIssuers({ after: 'B', limit: 2 })).map((one) => one.code)).toEqual(['C']);
		});

		it('keeps credentials, and finds those of an issuer', async () => {
			await store.insertCredential(credential('k1', { issuers: ['A', 'B'] }));
			await store.insertCredential(credential('k2', { issuers: ['B'] }));
			store = await under.reopen();
			expect(await store.credential('k1')).toEqual(credential('k1', { issuers: ['A', 'B'] }));
			expect(await store.credential('k3')).toBeUndefined();
			expect((await store.listCredentials('A', page)).map((one) => one.id)).toEqual(['k1']);
			expect((await store.listCredentials('B', page)).map((one) => one.id)).toEqual(['k1', 'k2']);
			expect((await store.listCredentials('', { after: 'k1', limit: 10 })).map((one) => one.id)).toEqual(['k2']);
		});

		it('finds a certificate by its fingerprint until it is revoked, and takes it again after that', async () => {
			const certificate = credential('c1', { kind: 'certificate', digest: 'ff' });
			expect(await store.insertCredential(certificate)).toBe(true);
			expect(await store.insertCredential({ ...certificate, id: 'c2' })).toBe(false);
			expect(await store.certificate('ff')).toEqual(certificate);
			expect(await store.revokeCredential('c1', later)).toEqual({ ...certificate, revokedAt: later });
			expect(await store.certificate('ff')).toBeUndefined();
			expect(await store.insertCredential({ ...certificate, id: 'c2' })).toBe(true);
			expect((await store.certificate('ff'))?.id).toBe('c2');
		});

		it('does not find an API key as a certificate', async () => {
			await store.insertCredential(credential('k1', { digest: 'ff' }));
			expect(await store.certificate('ff')).toBeUndefined();
		});

		it('revokes once: the first instant stands', async () => {
			await store.insertCredential(credential('k1'));
			await store.revokeCredential('k1', noon);
			expect((await store.revokeCredential('k1', later))?.revokedAt).toEqual(noon);
			expect(await store.revokeCredential('k9', later)).toBeUndefined();
		});

		it('notes the last use, without undoing a revocation', async () => {
			await store.insertCredential(credential('k1'));
			await store.revokeCredential('k1', noon);
			await store.touchCredential('k1', later);
			await store.touchCredential('k9', later);
			expect(await store.credential('k1')).toEqual(credential('k1', { revokedAt: noon, lastUsedAt: later }));
		});

		it('adds, renames and removes administrations', async () => {
			await store.putAdministrations([administration('ES:P1'), administration('ES:P2', 'dos')]);
			await store.putAdministrations([administration('ES:P1', 'u')]);
			expect(await store.listAdministrations(page)).toEqual([administration('ES:P1', 'u'), administration('ES:P2', 'dos')]);
			expect(await store.removeAdministration('ES:P1')).toBe(true);
			expect(await store.removeAdministration('ES:P1')).toBe(false);
			expect(await store.administrationKeys()).toEqual(['ES:P2']);
		});

		it('seeds administrations once: what was removed stays removed', async () => {
			expect(await store.seedAdministrations([administration('ES:P1')])).toBe(true);
			await store.removeAdministration('ES:P1');
			store = await under.reopen();
			expect(await store.seedAdministrations([administration('ES:P1')])).toBe(false);
			expect(await store.administrationKeys()).toEqual([]);
		});

		it('answers a ping', async () => {
			await expect(store.ping()).resolves.toBeUndefined();
		});
	});
}
