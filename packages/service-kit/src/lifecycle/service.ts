import type { HealthReport } from '../health/report.ts';
import type { RpcBinding } from '../rpc/binding.ts';

/** What every service's `createXService(deps)` answers. */
export interface Service {
	readonly name: string;
	/** What it serves to other services; usable from construction on, answering once started. */
	readonly rpc: readonly RpcBinding[];
	/** Opens stores, begins to follow topics and to run jobs. A failed start leaves nothing running. */
	start(): Promise<void>;
	/** Drains: stops accepting, finishes what is under way, closes stores. Safe to call twice, and before `start`. */
	stop(): Promise<void>;
	readiness(): Promise<HealthReport>;
	/** How much work is due now and not done: events that wait to be published, due timers, notices or deliveries, those under way included. */
	backlog(): Promise<number>;
	/** The next instant, of the environment's time, at which something falls due by itself; undefined when nothing is planned, or nothing ever is. */
	nextDue?(): Promise<Date | undefined>;
}
