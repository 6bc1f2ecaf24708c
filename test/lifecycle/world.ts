import { Language } from '@fefaent/contracts/common';
import { NotificationEvent, notificationTopic } from '@fefaent/contracts/events';
import { type Evidence, EvidenceServiceDefinition } from '@fefaent/contracts/evidence';
import { LifecycleServiceDefinition } from '@fefaent/contracts/lifecycle';
import {
	Dialect,
	DigestAlgorithm,
	DocumentKind,
	type Draft,
	EvidenceForm,
	type Notification,
	NotificationKind,
	NotificationServiceDefinition,
	type State,
	Transition,
} from '@fefaent/contracts/notification';
import { createEvidenceService, evidenceConfig } from '@fefaent/evidence';
import { SandboxClock } from '@fefaent/kernel';
import { createNotificationService, notificationConfig } from '@fefaent/notification';
import { type Env, readConfig, silentLogger } from '@fefaent/service-kit';
import { createStateEngineService, stateEngineConfig } from '@fefaent/state-engine';
import { eventually, eventuallyFound, type TemporaryFolder, temporaryFolder } from '@fefaent/testing';
import { type Calls, openTestEngines, patienceMs, removeTestEngines } from '../support/engines.ts';

async function open(folder: TemporaryFolder, clock: SandboxClock, env: Env, calls: Calls) {
	const events: NotificationEvent[] = [];
	const engines = await openTestEngines(folder, clock, { groups: ['test'], calls });
	const { bus } = engines;
	const shared = { clock, logger: silentLogger };
	const notification = createNotificationService({
		...shared,
		...(await engines.notification()),
		config: readConfig(notificationConfig, env),
		bus,
	});
	const evidence = createEvidenceService({
		...shared,
		config: readConfig(evidenceConfig, env),
		store: await engines.evidence(),
		trustFolder: folder.join('trust'),
	});
	const notifications = await engines.client(NotificationServiceDefinition, notification);
	const evidences = await engines.client(EvidenceServiceDefinition, evidence);
	const engine = createStateEngineService({
		...shared,
		config: readConfig(stateEngineConfig, env),
		store: await engines.stateEngine(),
		bus,
		notifications: await engines.client(NotificationServiceDefinition, notification, 'state-engine'),
		evidences: await engines.client(EvidenceServiceDefinition, evidence, 'state-engine'),
		ownerId: 'test',
	});
	await evidence.start();
	await notification.start();
	await engine.start();
	bus.follow({
		topics: [notificationTopic],
		group: 'test',
		handle: async (batch) => {
			for (const { type, body } of batch) if (type !== 'broken') events.push(NotificationEvent.decode(body));
			return batch.map(() => ({ kind: 'done' }));
		},
	});
	const lifecycle = await engines.client(LifecycleServiceDefinition, engine);
	const close = async (): Promise<void> => {
		for (const one of [engine, notification, evidence]) await one.stop();
		await engines.close();
	};
	return { bus, engines, notifications, evidences, lifecycle, engine, events, close };
}

/** The three services of a notification's life, whole, on one folder and one bus. */
export class World implements AsyncDisposable {
	readonly folder: TemporaryFolder;
	readonly clock: SandboxClock;
	readonly #calls: Calls;
	#running: Awaited<ReturnType<typeof open>>;

	private constructor(folder: TemporaryFolder, clock: SandboxClock, calls: Calls, running: Awaited<ReturnType<typeof open>>) {
		this.folder = folder;
		this.clock = clock;
		this.#calls = calls;
		this.#running = running;
	}

	/** Starts on an empty folder. */
	static async start(env: Env = {}, calls: Calls = {}): Promise<World> {
		const folder = temporaryFolder();
		const clock = new SandboxClock();
		return new World(folder, clock, calls, await open(folder, clock, env, calls));
	}

	get bus() {
		return this.#running.bus;
	}

	get engines() {
		return this.#running.engines;
	}

	get notifications() {
		return this.#running.notifications;
	}

	get evidences() {
		return this.#running.evidences;
	}

	get lifecycle() {
		return this.#running.lifecycle;
	}

	get engine() {
		return this.#running.engine;
	}

	/** What the topic told, since the last start again from the beginning of what was not told before. */
	get events(): readonly NotificationEvent[] {
		return this.#running.events;
	}

	/** Stops everything. */
	stop(): Promise<void> {
		return this.#running.close();
	}

	/** Opens what was left behind. */
	async resume(env: Env = {}): Promise<void> {
		this.#running = await open(this.folder, this.clock, env, this.#calls);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.stop();
		await removeTestEngines(this.folder);
		await this.folder.remove();
	}

	/** Hands notifications over. @returns their ids */
	async create(...drafts: readonly Partial<Draft>[]): Promise<number[]> {
		const { results } = await this.notifications.create({ drafts: drafts.map(draft) });
		return results.map(({ outcome }) => {
			if (outcome?.$case !== 'created') throw new Error('not created');
			return outcome.value.id;
		});
	}

	async get(id: number): Promise<Notification | undefined> {
		return (await this.notifications.get({ ids: [id] })).results[0]?.notification;
	}

	/** Waits until a notification is seen in a state, with nothing pending. */
	in(id: number, state: State): Promise<Notification> {
		return eventuallyFound(
			async () => {
				const found = await this.get(id);
				return found?.state === state && found.claim === undefined ? found : undefined;
			},
			{ timeoutMs: patienceMs, everyMs: 5 },
		);
	}

	/** Creates one and waits for its deposit. */
	async deposited(change: Partial<Draft> = {}): Promise<number> {
		const [id = 0] = await this.create(change);
		await this.in(id, 'STATE_DEPOSITED');
		return id;
	}

	/** A notification's timers by kind, once its instance has the state. */
	timers(id: number, state: string): Promise<ReadonlyMap<string, Date>> {
		return eventuallyFound(
			async () => {
				const { workflows } = await this.lifecycle.listTimers({ ids: [id] });
				return workflows[0]?.state === state
					? new Map(workflows[0].timers.map(({ kind, dueAt }) => [kind, dueAt ?? new Date(0)]))
					: undefined;
			},
			{ timeoutMs: patienceMs, everyMs: 5 },
		);
	}

	/** Waits until no timer is due. */
	settled(): Promise<unknown> {
		return eventually(async () => (await this.engine.backlog()) === 0, { timeoutMs: patienceMs, everyMs: 2 });
	}

	/** Moves the clock to an instant and waits until what became due has fired. */
	async moveTo(instant: Date): Promise<void> {
		this.clock.advance(Math.max(0, instant.getTime() - this.clock.now().getTime()) + 1);
		await this.settled();
	}

	/** Every evidence that exists of a notification, by transition. */
	async proofs(id: number): Promise<ReadonlyMap<Transition, Evidence>> {
		const transitions = Object.values(Transition).filter((one) => one !== Transition.UNSPECIFIED && one !== Transition.UNRECOGNIZED);
		const { results } = await this.evidences.get({ keys: transitions.map((transition) => ({ notificationId: id, transition })) });
		return new Map(results.flatMap(({ evidence }) => (evidence ? [[evidence.transition, evidence]] : [])));
	}
}

/** What an issuer hands over: one recipient, NIF 12345678Z. */
export function draft(change: Partial<Draft> = {}): Draft {
	return {
		issuer: { code: 'DEMO', name: 'Demo' },
		issuerReference: '',
		kind: NotificationKind.NOTIFICATION,
		title: 'Títol',
		reference: 'EXP-1',
		createdAtGiven: '',
		expiryDays: 10,
		language: Language.CA,
		body: '',
		appealFooter: '',
		firstNotice: true,
		reminder: true,
		recipients: [
			{
				party: {
					$case: 'natural',
					value: { identity: { scheme: 'IDENTITY_SCHEME_NIF', value: '12345678Z' }, givenName: 'Prova', firstSurname: 'Cognom' },
				},
				emails: ['prova@example.org'],
				phones: [],
				language: Language.UNSPECIFIED,
			},
		],
		documents: [
			{
				name: 'acte.pdf',
				algorithm: DigestAlgorithm.SHA256,
				digest: new Uint8Array(32).fill(7),
				kind: DocumentKind.RESOLUTION,
				algorithmGiven: true,
			},
		],
		dialect: Dialect.ENOTUMLITE_SEED,
		evidenceForm: EvidenceForm.SEED,
		defaulted: [],
		...change,
	};
}
