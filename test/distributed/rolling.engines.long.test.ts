// Every service is restarted in turn while an integrator works: it notices nothing, and the ledger is exact.
import { setTimeout as delay } from 'node:timers/promises';
import { eventually, startCallbackReceiver, temporaryFolder } from '@fefaent/testing';
import { expect, it } from 'vitest';
import { consultRequest, createRequest, nif, practiseRequest } from '../support/requests.ts';
import { type Answer, createdIds, type SoapCaller, soapCaller, texts } from '../support/soap.ts';
import { type Installation, startInstallation } from './installation.ts';

interface View {
	readonly state: string;
	readonly evidences: readonly { readonly transition: string }[];
	readonly pending?: unknown;
}
interface Items<T> {
	readonly items: readonly T[];
	readonly next?: string;
}

it('a rolling restart of every service under load fails no call, and loses and doubles nothing', async () => {
	await using folder = temporaryFolder();
	await using installation = await startInstallation(folder);
	const receiver = await startCallbackReceiver();
	await installation.admin('POST', '/admin/v1/issuers', { code: 'DEMO', name: 'Ens de demostració' });
	await installation.admin('POST', '/admin/v1/endpoints', { issuerCode: 'DEMO', url: receiver.url, form: 'enotumlite' });

	const load = startLoad(installation.publicUrls, 4);
	await eventually(() => load.accepted.size >= 8 || load.failures.length > 0, { timeoutMs: 60_000 });
	const restarts: Record<string, number> = {};
	for (const name of installation.names) {
		const before = load.accepted.size;
		const { code, output, downMs } = await installation.restart(name);
		restarts[name] = Math.round(downMs);
		expect({ name, code, output: code === 0 ? '' : output }).toEqual({ name, code: 0, output: '' });
		// Work goes on after it came back, before the next one goes.
		await eventually(() => load.accepted.size >= before + 4 || load.failures.length > 0, { timeoutMs: 60_000 });
		expect(load.failures).toEqual([]);
	}
	await load.stop();
	process.stdout.write(`down for (ms): ${JSON.stringify(restarts)}; slowest call ${Math.round(load.slowestMs())} ms\n`);
	expect(load.failures).toEqual([]);
	expect(installation.output()).not.toMatch(/a call was refused/);

	// The ledger: what was answered is what there is, each with its two evidences, its two notices and its two callbacks.
	const stored = await everything(installation);
	expect(stored.sort((one, other) => one - other)).toEqual([...load.created].sort((one, other) => one - other));
	for (const id of load.accepted) {
		const { state, evidences, pending } = await installation.admin<View>('GET', `/admin/v1/notifications/${id}`);
		expect({ id, state, evidences: evidences.map(({ transition }) => transition), pending }).toEqual({
			id,
			state: 'accepted',
			evidences: ['deposit', 'accept'],
			pending: undefined,
		});
		await eventually(
			async () => {
				const { items: notices } = await installation.admin<Items<{ channel: string; state: string }>>(
					'GET',
					`/admin/v1/notifications/${id}/notices`,
				);
				expect(notices.map(({ channel }) => channel).sort()).toEqual(['email', 'sms']);
				// Who accepted before the notice was sent needs none.
				for (const notice of notices) expect(notice.state).toMatch(/^(sent|dropped)$/);
				const { items } = await installation.admin<Items<{ state: string }>>('GET', `/admin/v1/notifications/${id}/deliveries`);
				expect(items.map(({ state: delivered }) => delivered)).toEqual(['delivered', 'delivered']);
			},
			{ timeoutMs: 60_000, everyMs: 200 },
		);
	}
	await receiver.close();
});

/** Every id that is stored. */
async function everything({ admin }: Installation): Promise<number[]> {
	const ids: number[] = [];
	for (let before: string | undefined; ; ) {
		const page = await admin<Items<{ id: number }>>(
			'GET',
			`/admin/v1/notifications?limit=100${before === undefined ? '' : `&before=${before}`}`,
		);
		ids.push(...page.items.map(({ id }) => id));
		before = page.next;
		if (before === undefined) return ids;
	}
}

/** Integrators at work: each creates two notifications, waits for their deposit, has them accepted, and begins anew. */
function startLoad(urls: readonly string[], integrators: number) {
	const created: number[] = [];
	const accepted = new Set<number>();
	const failures: string[] = [];
	let slowest = 0;
	let over = false;

	const live = async (call: (body: string) => Promise<string>, name: string): Promise<void> => {
		const common = { nif: nif(Number(name)), emails: ['maria@example.org'], firstNotice: true };
		const ids = createdIds(
			await call(
				createRequest([
					{ ...common, issuerReference: `A-${name}` },
					{ ...common, issuerReference: `B-${name}` },
				]),
			),
		);
		if (ids.length !== 2 || ids.some((id) => !Number.isSafeInteger(id))) throw new Error(`created ${ids}`);
		created.push(...ids);
		const deadline = performance.now() + 60_000;
		while (texts(await call(consultRequest(ids)), 'Estat').filter((state) => state === 'DIPOSITADA').length < 2) {
			if (performance.now() > deadline) throw new Error(`${ids} were not deposited within a minute`);
			await delay(100);
		}
		const decisions = texts(await call(practiseRequest(ids.map((id) => ({ id, decision: 'ACCEPTAR' as const })))), 'Decisio');
		if (decisions.length !== 2) throw new Error(`${ids} were answered ${decisions}`);
		for (const id of ids) accepted.add(id);
	};
	const work = Array.from({ length: integrators }, async (_, integrator) => {
		// Half of them come by the other gateway first.
		const callers = urls.map((url) => soapCaller(url, { connections: 2 }));
		const order = integrator % 2 === 0 ? callers : callers.toReversed();
		const call = async (body: string): Promise<string> => {
			const started = performance.now();
			const { status, body: answer } = await failingOver(order, body);
			slowest = Math.max(slowest, performance.now() - started);
			if (status !== 200 || /ERR_0\d|<(?:\w+:)?Fault>/.test(answer)) throw new Error(`${status}: ${answer.slice(0, 600)}`);
			return answer;
		};
		for (let n = 1; !over && failures.length === 0; n++) {
			await live(call, String(integrator * 100_000 + n)).catch((error: unknown) => failures.push(String(error)));
			await delay(100);
		}
		for (const caller of callers) caller.close();
	});
	return {
		created,
		accepted,
		failures,
		slowestMs: () => slowest,
		stop: async () => {
			over = true;
			await Promise.all(work);
		},
	};
}

/** Asks the first gateway that can be reached, as a load balancer would: what a gateway answers stands. */
async function failingOver(gateways: readonly SoapCaller[], body: string): Promise<Answer> {
	let last: unknown;
	for (const gateway of gateways) {
		try {
			return await gateway.call(body);
		} catch (error) {
			last = error;
		}
	}
	throw last;
}
