import { createPrivateKey, X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import { issueTestCertificates } from './certificates.ts';

it('makes a chain: names, keys and signatures agree', async () => {
	const issued = await issueTestCertificates({ serverNames: ['receiver.test', '10.0.0.7'], clientName: 'integrator' });
	const [ca, server, client] = [issued.ca, issued.server, issued.client].map(({ cert }) => new X509Certificate(cert));
	if (!ca || !server || !client) throw new Error('a certificate is missing');
	expect(ca.ca).toBe(true);
	for (const [certificate, { key }] of [
		[server, issued.server],
		[client, issued.client],
	] as const) {
		expect(certificate.ca).toBe(false);
		expect(certificate.checkIssued(ca)).toBe(true);
		expect(certificate.verify(ca.publicKey)).toBe(true);
		expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
	}
	expect(server.checkHost('receiver.test')).toBe('receiver.test');
	expect(server.checkIP('10.0.0.7')).toBe('10.0.0.7');
	expect(server.checkHost('localhost')).toBeUndefined();
	expect(client.subject).toBe('CN=integrator');
});

it('makes certificates that are out of date', async () => {
	const { server } = await issueTestCertificates({ lifeMs: -3_600_000 });
	expect(new X509Certificate(server.cert).validToDate.getTime()).toBeLessThan(Date.now());
});
