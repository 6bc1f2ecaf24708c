import { parseDuration, type SandboxControl } from '@fefaent/service-kit';
import { z } from 'zod';
import { adminError } from '../../errors.ts';
import { operation } from '../../http/route.ts';
import { named } from '../../openapi/names.ts';
import type { AdminServiceDeps } from '../../ports.ts';
import { instant, iso } from '../shared/fields.ts';

const path = '/admin/v1/clock';
const tag = 'sandbox';
const off = { 409: 'SANDBOX_OFF: time cannot be moved here.' };
/** Test certificates live ten years: beyond that nothing could be proved. */
const mostAheadMs = 3_650 * 86_400_000;

/** Most real time that moving takes, and then waiting: what a caller has to be patient for, as the command is (310 s). */
const wholeMs = 300_000;

/** The time. */
export const clock = named(
	'Clock',
	z.object({
		now: instant.describe('The time of this installation.'),
		offsetMs: z.int().describe('How far ahead of the machine, in milliseconds.'),
		movable: z.boolean().describe('Whether it can be moved: only in a sandbox.'),
	}),
);
const move = named(
	'ClockMove',
	z.strictObject({
		advance: z
			.string()
			.max(100)
			.refine((text) => parseDuration(text) !== undefined, 'is no duration')
			.describe('How far: ISO 8601 of days or less (`P10D`), or `10d`, `36h`, `5m`.'),
		settle: z.boolean().default(false).describe('Wait until everything that is due by then is done.'),
		timeoutSeconds: z
			.number()
			.min(0.1)
			.max(wholeMs / 1000)
			.default(30)
			.describe('How long to wait once time was moved, in real seconds. Moving and waiting take 300 at most.'),
	}),
);
const moved = named(
	'ClockMoved',
	clock.extend({ settled: z.boolean().describe('Whether nothing is due any more; false when not waited for.') }),
);

function sandboxOf({ sandbox }: AdminServiceDeps): SandboxControl {
	if (!sandbox) throw adminError('SANDBOX_OFF');
	return sandbox;
}

const inSeconds = (ms: number) => String(Math.ceil(ms / 1000));

/** Operations on time. */
export const clockOperations = [
	operation({
		method: 'get',
		path,
		id: 'getClock',
		tag,
		summary: 'What time it is here.',
		input: {},
		success: { status: 200, says: 'The time.', json: clock },
		handle: async ({ sandbox, clock }) => ({ now: iso(clock.now()), offsetMs: sandbox?.offsetMs ?? 0, movable: sandbox !== undefined }),
	}),
	operation({
		method: 'post',
		path,
		id: 'moveClock',
		tag,
		summary: 'Moves time ahead: every timer that is due by then fires. Time never goes back.',
		input: { body: move },
		success: { status: 200, says: 'Moved.', json: moved },
		failures: {
			...off,
			504: 'CLOCK_MOVE_CUT: moving took too long, and time stands short of where asked; CLOCK_NOT_SETTLED: time was moved, but work was still due when the wait was over.',
		},
		handle: async (deps, { body: { advance, settle, timeoutSeconds } }) => {
			const sandbox = sandboxOf(deps);
			const ms = parseDuration(advance) ?? 0;
			if (ms < 0 || sandbox.offsetMs + ms > mostAheadMs) throw adminError('CLOCK_OUT_OF_RANGE');
			const ends = performance.now() + wholeMs;
			const left = ms > 0 ? await sandbox.advance(ms, wholeMs) : 0;
			if (left > 0) throw adminError('CLOCK_MOVE_CUT', { left: inSeconds(left), asked: inSeconds(ms), seconds: inSeconds(wholeMs) });
			if (settle && !(await sandbox.settled(Math.min(timeoutSeconds * 1000, ends - performance.now()))))
				throw adminError('CLOCK_NOT_SETTLED', { seconds: String(timeoutSeconds) });
			return { now: iso(sandbox.now()), offsetMs: sandbox.offsetMs, movable: true, settled: settle };
		},
	}),
];
