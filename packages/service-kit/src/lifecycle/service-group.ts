import { combineReports, type HealthReport } from '../health/report.ts';
import type { Service } from './service.ts';

/** The services of one process, one or all of them, with what was opened for them: started in order, stopped the other way round. */
export class ServiceGroup {
	readonly #services: Service[] = [];
	readonly #opened = new AsyncDisposableStack();
	#stopped: Promise<void> | undefined;

	/** In the order in which they start. */
	get all(): readonly Service[] {
		return this.#services;
	}

	/**
	 * Keeps a resource of the service that is added next. Its service closes it when it stops; should there never be one, because making it fails, the
	 * group does.
	 * @param resource that may be closed twice
	 */
	keep<R extends { close(): Promise<void> }>(resource: R): R {
		this.#opened.defer(() => resource.close());
		return resource;
	}

	/** Takes a service that is not started yet. */
	add<S extends Service>(service: S): S {
		this.#opened.defer(() => service.stop());
		this.#services.push(service);
		return service;
	}

	/** Starts one after the other. @throws what the first failure throws: stop the group then, as ever */
	async start(): Promise<void> {
		for (const service of this.#services) await service.start();
	}

	/**
	 * Stops all, and closes what was kept for services that never came to be. One that fails keeps no other from being stopped. Safe to call twice, and
	 * before {@link start}.
	 * @throws what failed; a SuppressedError where several did
	 */
	stop(): Promise<void> {
		this.#stopped ??= this.#opened.disposeAsync();
		return this.#stopped;
	}

	/** Ready when every service is. */
	async readiness(): Promise<HealthReport> {
		const reports = await Promise.all(this.#services.map(async (one) => [one.name, await one.readiness()] as const));
		return combineReports(Object.fromEntries(reports));
	}

	/** Work that is due and not done, of all together. */
	async backlog(): Promise<number> {
		const counts = await Promise.all(this.#services.map((one) => one.backlog()));
		return counts.reduce((sum, one) => sum + one, 0);
	}

	/** The next instant at which something falls due by itself in any of them. */
	async nextDue(): Promise<Date | undefined> {
		const dates = await Promise.all(this.#services.map(async (one) => one.nextDue?.()));
		const times = dates.flatMap((date) => (date === undefined ? [] : [date.getTime()]));
		return times.length === 0 ? undefined : new Date(Math.min(...times));
	}
}
