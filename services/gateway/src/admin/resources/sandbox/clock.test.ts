import { SandboxClock } from '@fefaent/kernel';
import type { SandboxControl } from '@fefaent/service-kit';
import { expect, test } from 'vitest';
import { testAdmin } from '../../testing/server.ts';

/** A sandbox that gets half of the way in the time that it is given. */
function slowSandbox(): { readonly sandbox: SandboxControl; readonly given: (number | undefined)[] } {
	const clock = new SandboxClock();
	const given: (number | undefined)[] = [];
	const sandbox: SandboxControl = {
		now: () => clock.now(),
		get offsetMs() {
			return clock.offsetMs;
		},
		advance: async (ms, withinMs) => {
			given.push(withinMs);
			clock.advance(ms / 2);
			return ms / 2;
		},
		settled: async () => true,
	};
	return { sandbox, given };
}

test('a move that was cut is told, with what is left of it; it is cut before the command gives up waiting', async () => {
	const { sandbox, given } = slowSandbox();
	await using admin = await testAdmin({}, sandbox);
	const answer = await admin.call('POST', '/admin/v1/clock', { advance: 'P2D', settle: true });
	expect(answer.status).toBe(504);
	expect(answer.json()).toMatchObject({ reason: 'CLOCK_MOVE_CUT', detail: expect.stringContaining('86400 s of 172800 s are left') });
	expect(given).toEqual([300_000]);
});
