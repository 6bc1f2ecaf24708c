import { readFileSync } from 'node:fs';
import { acceptCallback, startCallbackReceiver, startSmtpSink, temporaryFolder } from '@fefaent/testing';
import { expect, test } from 'vitest';
import { startStandaloneProcess } from '../support/process.ts';
import { createRequest, nif, practiseRequest } from '../support/requests.ts';
import { createdIds, soapCaller, texts } from '../support/soap.ts';

const seconds = Number(process.env.FEFAENT_SOAK_SECONDS ?? 90);

/** Resident memory in MB. */
const resident = (pid: number) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;

test(`${seconds} s of whole lives: memory stays flat, nothing is left behind`, async (context) => {
	await using folder = temporaryFolder();
	await using mail = await startSmtpSink();
	await using receiver = await startCallbackReceiver({ respond: acceptCallback });
	const fefaent = await startStandaloneProcess({
		dataDir: folder.path,
		env: { FEFAENT_NOTIFIER_SMTP_URL: `smtp://127.0.0.1:${mail.port}` },
	});
	await using child = fefaent.child;
	await fefaent.admin('POST', '/admin/v1/endpoints', { issuerCode: 'DEMO', url: receiver.url, form: 'enotumlite', maxInFlight: 8 });
	const soap = soapCaller(fefaent.publicUrl, { connections: 8 });
	const memory: number[] = [];
	const end = Date.now() + seconds * 1_000;
	let lives = 0;

	const live = async (): Promise<void> => {
		while (Date.now() < end) {
			const n = lives++;
			const [id] = createdIds((await soap.call(createRequest([{ issuerReference: `soak-${n}`, nif: nif(n) }]))).body);
			if (!id) throw new Error(`create ${n} was refused`);
			await receiver.waitFor(({ body }) => body.includes(`>${id}<`), 30_000);
			const practised = await soap.call(practiseRequest([{ id, decision: n % 2 ? 'ACCEPTAR' : 'REBUTJAR' }]));
			if (texts(practised.body, 'Decisio').length !== 1) throw new Error(`practise of ${id}: ${practised.body.slice(0, 300)}`);
		}
	};
	const sampler = setInterval(() => memory.push(resident(child.pid)), 1_000);
	try {
		await Promise.all(Array.from({ length: 8 }, live));
	} finally {
		clearInterval(sampler);
	}
	await fefaent.settle();
	soap.close();

	// The first third fills caches and pools; from then on memory must not climb.
	const [, middle = [], last = []] = [0, 1, 2].map((third) => memory.slice((third * memory.length) / 3, ((third + 1) * memory.length) / 3));
	context.annotate(`${lives} lives; resident: ${Math.round(median(middle))} MB, then ${Math.round(median(last))} MB`);
	expect(median(last)).toBeLessThan(median(middle) * 1.25 + 20);
	const { items: dead } = await fefaent.admin<{ items: unknown[] }>('GET', '/admin/v1/dead-letters');
	expect(dead).toEqual([]);
	const { items: undelivered } = await fefaent.admin<{ items: unknown[] }>('GET', '/admin/v1/deliveries?state=exhausted');
	expect(undelivered).toEqual([]);
	expect(lives).toBeGreaterThan(seconds);
});
