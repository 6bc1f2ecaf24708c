import { z } from 'zod';
import { operation } from '../../http/route.ts';
import { named } from '../../openapi/names.ts';
import { instant, iso } from '../shared/fields.ts';

const tag = 'operation';

const live = named('Live', z.object({ live: z.literal(true) }));
const ready = named('Ready', z.object({ ready: z.boolean(), checks: z.array(z.object({ name: z.string(), ok: z.boolean() })) }));
/** The state of the installation. */
export const status = named(
	'Status',
	z.object({
		ready: z.boolean(),
		checks: z.array(z.object({ name: z.string(), ok: z.boolean(), reason: z.string().optional() })),
		now: instant,
		sandbox: z.boolean().describe('Whether time can be moved.'),
		offsetMs: z.int().describe('How far time was moved ahead, in milliseconds.'),
		publicUrl: z.string().optional().describe('Base address of the public faces, where this process serves them.'),
		bus: z
			.array(
				z.object({ topic: z.string(), group: z.string(), pending: z.int(), dead: z.int().describe('Dead letters: the number to watch.') }),
			)
			.optional(),
	}),
);

/** Operations that tell how the installation is. */
export const healthOperations = [
	operation({
		method: 'get',
		path: '/health/live',
		id: 'getLive',
		tag,
		summary: 'Whether the process runs.',
		input: {},
		success: { status: 200, says: 'It does.', json: live },
		open: true,
		handle: async () => ({ live: true as const }),
	}),
	operation({
		method: 'get',
		path: '/health/ready',
		id: 'getReady',
		tag,
		summary: 'Whether it can do its work.',
		input: {},
		success: { status: 200, says: 'It can.', json: ready },
		also: { status: 503, says: 'It cannot.', when: (answer) => !answer.ready },
		open: true,
		handle: async ({ readiness }) => {
			const report = await readiness();
			// Reasons are for those who may administer: they stand in the status.
			return { ready: report.ready, checks: report.checks.map(({ name, ok }) => ({ name, ok })) };
		},
	}),
	operation({
		method: 'get',
		path: '/admin/v1/status',
		id: 'getStatus',
		tag,
		summary: 'How the installation is: checks with their reasons, time, and how far consumers are behind.',
		input: {},
		success: { status: 200, says: 'The status.', json: status },
		handle: async ({ readiness, clock, sandbox, deadLetters, publicUrl }) => {
			const [{ ready, checks }, lag] = await Promise.all([readiness(), deadLetters?.lag()]);
			return {
				ready,
				checks: checks.map(({ name, ok, reason }) => ({ name, ok, ...(reason !== undefined && { reason }) })),
				now: iso(clock.now()),
				sandbox: sandbox !== undefined,
				offsetMs: sandbox?.offsetMs ?? 0,
				...(publicUrl && { publicUrl: publicUrl() }),
				...(lag && { bus: lag.map(({ topic, group, pending, dead }) => ({ topic, group, pending, dead })) }),
			};
		},
	}),
];
