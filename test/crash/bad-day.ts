// A day on which the outside fails and the operator works: the receiver is down, then refuses; a mailbox is unknown; templates and endpoints come and
// go; what was given up is redriven. Like the script of the administration it may be broken off by a kill anywhere and is run again from the start.
import type { RunningFefaent } from '../support/process.ts';
import { type Journal, type Planned, playUntilWaiting } from './scenario.ts';
import type { Surroundings } from './surroundings.ts';

interface Items<T> {
	readonly items: readonly T[];
}

interface DeliveryView {
	readonly id: string;
	readonly endpointId: string;
	readonly state: string;
	readonly attempts: readonly unknown[];
}

const template = '/admin/v1/templates/email/first/ca?issuer=DEMO';

/** Plays the day. One of the plan's notifications is discarded while its deposit could not be told yet, the others expire. Rejects when the process dies under it. */
export async function playBadDay(
	process: RunningFefaent,
	house: Surroundings,
	planned: readonly Planned[],
	journal: Journal,
): Promise<void> {
	const { admin, advance, settle, patienceMs } = process;
	house.receiver.respondWith(() => ({ status: 500 }));
	house.mail?.failWith(({ stage }) => (stage === 'rcpt' ? { code: 550, message: '5.1.1 unknown' } : undefined));

	await admin('PUT', template, {
		subject: 'Avís de {{notificacio.emissor.descripcio}}',
		text: 'Teniu una notificació: {{notificacio.titol}}',
	});
	const spare = await spareEndpoint(process, house);
	await playUntilWaiting(process, planned, journal);
	const ids = planned.map(({ reference }) => journal.idOf(reference) as number);
	const deliveries = async () => (await admin<Items<DeliveryView>>('GET', '/admin/v1/deliveries?limit=500')).items;

	await until(patienceMs, 'a first attempt failed', async () => (await deliveries()).some(({ attempts }) => attempts.length > 0));
	// What it still had to be told is given up with it.
	await admin('DELETE', `/admin/v1/endpoints/${spare}`);
	house.receiver.respondWith(() => ({ status: 400 }));
	let seen = -1;
	await until(patienceMs, 'all were given up', async () => {
		const all = await deliveries();
		if (all.every(({ state }) => state !== 'pending')) return true;
		// Once for each attempt, and by little more than the longest wait: a day that is begun again after each of several kills must not bring the purge.
		const attempts = all.reduce((sum, one) => sum + one.attempts.length, 0);
		if (attempts === seen) return false;
		seen = attempts;
		await advance('PT3H');
		await settle();
		return false;
	});

	house.receiver.respondWith(house.accept);
	house.mail?.failWith(undefined);
	const [main] = (await admin<Items<{ readonly id: string }>>('GET', '/admin/v1/endpoints?issuer=DEMO')).items;
	await admin('POST', '/admin/v1/deliveries/redrive', { endpointId: main?.id });
	await admin('POST', '/admin/v1/notices/redrive', { notificationIds: ids });
	await settle();

	await admin('DELETE', template);
	await advance('P11D');
	await settle();
}

/** An endpoint that is made and removed again; found where an earlier run of the script made it. */
async function spareEndpoint({ admin }: RunningFefaent, house: Surroundings): Promise<string> {
	const url = `${house.receiver.url}/spare`;
	const known = (await admin<Items<{ readonly id: string; readonly url: string }>>('GET', '/admin/v1/endpoints?issuer=DEMO')).items;
	return (
		known.find((one) => one.url === url) ??
		(await admin<{ readonly id: string }>('POST', '/admin/v1/endpoints', { issuerCode: 'DEMO', url, form: 'json' }))
	).id;
}

async function until(patienceMs: number, what: string, check: () => Promise<boolean>): Promise<void> {
	const deadline = Date.now() + patienceMs;
	while (!(await check())) {
		if (Date.now() > deadline) throw new Error(`not so after ${patienceMs} ms: ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}
