import type { adminApi } from '@fefaent/gateway';
import type { Command } from 'commander';
import { action, wholeNumber } from '../context.ts';
import { fields } from '../output.ts';

const url = '/admin/v1/clock';

/** Adds `fefaent clock ...`. */
export function clockCommands(program: Command): void {
	const group = program.command('clock').description('time of a sandbox');
	group
		.command('show')
		.description('what time it is there')
		.action(
			action(async ({ admin, output }) => {
				const clock = await admin.get<adminApi.Clock>(url);
				output.result(clock, () => show(clock));
			}),
		);
	group
		.command('advance <duration>')
		.description('move time ahead (10d, 36h, P10D): everything that is due by then happens, and the command waits for it')
		.option('--no-settle', 'do not wait')
		.option('--timeout <seconds>', 'how long to wait', wholeNumber)
		.action(
			action(async ({ admin, output }, advance: string, given: { readonly settle: boolean; readonly timeout?: number }) => {
				const body = { advance, settle: given.settle, timeoutSeconds: given.timeout };
				const clock = await admin.send<adminApi.Clock>('POST', url, body);
				output.result(clock, () => show(clock));
			}),
		);
}

function show({ now, offsetMs, movable }: adminApi.Clock): string {
	return fields({ now, ahead: `${Math.round(offsetMs / 864_000) / 100} days`, movable });
}
