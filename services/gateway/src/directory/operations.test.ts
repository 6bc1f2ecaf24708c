import { DomainError } from '@fefaent/kernel';
import { issueTestCertificates } from '@fefaent/testing';
import { describe, expect, it } from 'vitest';
import { testDirectory } from '../testing/directory.ts';
import { shippedAdministrations } from './administrations.ts';
import { readApiKey } from './api-key.ts';

const refusedAs = (reason: string) => expect.objectContaining({ reason });

describe('issuers', () => {
	it('are registered with their defaults and found at once', async () => {
		await using directory = testDirectory();
		expect(await directory.cache.issuer('AJ1')).toBeUndefined();
		const issuer = await directory.operations.registerIssuer({ code: 'AJ1', name: 'Ajuntament' });
		expect(issuer).toMatchObject({
			enabled: true,
			defaultExpiryDays: 10,
			noticeDefaults: { firstNotice: false, reminder: false },
			evidenceForm: 'seed',
			version: 1,
		});
		expect(await directory.cache.issuer('AJ1')).toEqual(issuer);
		await expect(directory.operations.registerIssuer({ code: 'AJ1', name: 'Altre' })).rejects.toEqual(refusedAs('ISSUER_EXISTS'));
	});

	it('change, and a disabled one is as good as unknown to the faces', async () => {
		await using directory = testDirectory();
		await directory.operations.registerIssuer({ code: 'AJ1', name: 'Ajuntament', noticeDefaults: { reminder: true } });
		await directory.cache.issuer('AJ1');
		const changed = await directory.operations.updateIssuer('AJ1', { noticeDefaults: { firstNotice: true }, evidenceForm: 'head' });
		expect(changed).toMatchObject({
			noticeDefaults: { firstNotice: true, reminder: true },
			evidenceForm: 'head',
			version: 2,
			name: 'Ajuntament',
		});
		expect(await directory.cache.issuer('AJ1')).toEqual(changed);
		await directory.operations.updateIssuer('AJ1', { enabled: false });
		expect(await directory.cache.issuer('AJ1')).toBeUndefined();
		expect((await directory.operations.getIssuer('AJ1')).enabled).toBe(false);
		await expect(directory.operations.updateIssuer('AJ2', {})).rejects.toEqual(refusedAs('ISSUER_UNKNOWN'));
	});

	it('concurrent changes are all kept', async () => {
		await using directory = testDirectory();
		await directory.operations.registerIssuer({ code: 'AJ1', name: 'Ajuntament' });
		await Promise.all([
			directory.operations.updateIssuer('AJ1', { name: 'Nou' }),
			directory.operations.updateIssuer('AJ1', { defaultExpiryDays: 20 }),
			directory.operations.updateIssuer('AJ1', { evidenceForm: 'head' }),
		]);
		expect(await directory.operations.getIssuer('AJ1')).toMatchObject({
			name: 'Nou',
			defaultExpiryDays: 20,
			evidenceForm: 'head',
			version: 4,
		});
	});

	it.each([
		{ code: '', name: 'x' },
		{ code: ' A', name: 'x' },
		{ code: 'A\u0000', name: 'x' },
		{ code: 'A'.repeat(101), name: 'x' },
		{ code: 'A', name: ' ' },
		{ code: 'A', name: 'x'.repeat(201) },
		{ code: 'A', name: 'x', defaultExpiryDays: 0 },
		{ code: 'A', name: 'x', defaultExpiryDays: 366 },
		{ code: 'A', name: 'x', defaultExpiryDays: 1.5 },
	])('refuses %j', async (input) => {
		await using directory = testDirectory();
		await expect(directory.operations.registerIssuer(input)).rejects.toEqual(refusedAs('ISSUER_INVALID'));
	});
});

describe('credentials', () => {
	it('an API key is shown once and kept as a digest of its secret', async () => {
		await using directory = testDirectory();
		await directory.operations.registerIssuer({ code: 'AJ1', name: 'Ajuntament' });
		const { key, credential } = await directory.operations.createApiKey({ label: 'ERP', issuers: ['AJ1', 'AJ1'] });
		expect(key).toMatch(/^fef_[0-9a-f]{16}_[\w-]{43}$/);
		expect(credential).not.toHaveProperty('digest');
		const stored = await directory.cache.credential(credential.id);
		expect(stored).toMatchObject({ kind: 'api-key', digest: readApiKey(key)?.digest, issuers: ['AJ1'] });
		expect(JSON.stringify(stored)).not.toContain(key.slice(-43));
		expect(await directory.operations.listCredentials({ issuer: 'AJ1' })).toEqual([credential]);
	});

	it('are refused for no issuer, an unknown issuer and a blank label', async () => {
		await using directory = testDirectory();
		await directory.operations.registerIssuer({ code: 'AJ1', name: 'Ajuntament' });
		await expect(directory.operations.createApiKey({ label: 'x', issuers: [] })).rejects.toEqual(refusedAs('CREDENTIAL_INVALID'));
		await expect(directory.operations.createApiKey({ label: 'x', issuers: ['AJ2'] })).rejects.toEqual(refusedAs('ISSUER_UNKNOWN'));
		await expect(directory.operations.createApiKey({ label: ' ', issuers: ['AJ1'] })).rejects.toEqual(refusedAs('CREDENTIAL_INVALID'));
	});

	it('a certificate is known by its fingerprint, once', async () => {
		await using directory = testDirectory();
		await directory.operations.registerIssuer({ code: 'AJ1', name: 'Ajuntament' });
		const { client } = await issueTestCertificates();
		const credential = await directory.operations.registerCertificate({ label: 'ERP', issuers: ['AJ1'], pem: client.cert });
		await expect(directory.operations.registerCertificate({ label: 'ERP 2', issuers: ['AJ1'], pem: client.cert })).rejects.toEqual(
			refusedAs('CREDENTIAL_EXISTS'),
		);
		await directory.operations.revokeCredential(credential.id);
		await expect(directory.operations.registerCertificate({ label: 'x', issuers: ['AJ1'], pem: 'no' })).rejects.toBeInstanceOf(DomainError);
	});

	it('are revoked at once, and unknown ones cannot be', async () => {
		await using directory = testDirectory();
		await directory.operations.registerIssuer({ code: 'AJ1', name: 'Ajuntament' });
		const { credential } = await directory.operations.createApiKey({ label: 'ERP', issuers: ['AJ1'] });
		await directory.cache.credential(credential.id);
		await directory.operations.revokeCredential(credential.id);
		expect((await directory.cache.credential(credential.id))?.revokedAt).toEqual(directory.clock.now());
		await expect(directory.operations.revokeCredential('none')).rejects.toEqual(refusedAs('CREDENTIAL_UNKNOWN'));
	});
});

describe('administrations', () => {
	it('ships with the three of the contract, each a valid CIF', () => {
		expect(shippedAdministrations(new Date()).map((one) => one.cif)).toEqual(['S0811001G', 'P0801900B', 'P0800000B']);
	});

	it('are imported whole or not at all, and known at once', async () => {
		await using directory = testDirectory();
		expect((await directory.cache.administrations()).size).toBe(0);
		await expect(directory.operations.putAdministrations([{ cif: 'P0801900B' }, { cif: 'P0801900C' }])).rejects.toMatchObject({
			reason: 'ADMINISTRATION_INVALID',
			details: { position: '2' },
		});
		expect((await directory.cache.administrations()).size).toBe(0);
		await directory.operations.putAdministrations([{ cif: 'p-0801900-b', name: 'Ajuntament de Barcelona' }]);
		expect([...(await directory.cache.administrations())]).toEqual(['ES:P0801900B']);
		expect(await directory.operations.listAdministrations()).toMatchObject([{ cif: 'P0801900B', name: 'Ajuntament de Barcelona' }]);
		await directory.operations.removeAdministration('P0801900B');
		expect((await directory.cache.administrations()).size).toBe(0);
		await expect(directory.operations.removeAdministration('P0801900B')).rejects.toEqual(refusedAs('ADMINISTRATION_UNKNOWN'));
	});

	it('pages hold 1 to 1000 entries', async () => {
		await using directory = testDirectory();
		await expect(directory.operations.listAdministrations({ limit: 0 })).rejects.toEqual(refusedAs('PAGE_INVALID'));
		await expect(directory.operations.listIssuers({ limit: 1001 })).rejects.toEqual(refusedAs('PAGE_INVALID'));
	});
});
