import type { adminApi } from '@fefaent/gateway';
import type { Command } from 'commander';
import { path } from '../client.ts';
import { action } from '../context.ts';
import { fields, table } from '../output.ts';

/** A trace that a notification's way went through. */
interface TraceSummary {
	readonly traceId: string;
	/** When the first and the last of its events happened, or are to happen. */
	readonly from: string;
	readonly to: string;
	readonly events: number;
}

/** Adds `fefaent trace`. */
export function traceCommand(program: Command): void {
	program
		.command('trace <id>')
		.description('the traces that a notification went through, and its timeline with the trace of each event')
		.action(
			action(async ({ admin, output }, id: string) => {
				const found = await admin.get<adminApi.Timeline>(path`/admin/v1/notifications/${id}/timeline`);
				const traces = tracesOf(found.events);
				output.result({ ...found, traces }, () => show(found, traces));
			}),
		);
}

/** Every trace of a timeline, in the order of their first events. */
function tracesOf(events: adminApi.Timeline['events']): TraceSummary[] {
	const byTrace = Map.groupBy(events, ({ traceId }) => traceId);
	return [...byTrace].flatMap(([traceId, all]) => {
		const [first, last] = [all[0], all.at(-1)];
		return traceId === undefined || !first || !last ? [] : [{ traceId, from: first.at, to: last.at, events: all.length }];
	});
}

function show({ id, state, workflow, events }: adminApi.Timeline, traces: readonly TraceSummary[]): string {
	return [
		fields({ notification: id, state, workflow }),
		table(
			['trace', 'from', 'to', 'events'],
			traces.map((one) => [one.traceId, one.from, one.to, one.events]),
			'no call of it was traced: OTEL_EXPORTER_OTLP_ENDPOINT names a collector where they are to be',
		),
		table(
			['when', '', 'source', 'event', 'trace'],
			events.map((one) => [one.at, one.upcoming ? '(to come)' : '', one.source, one.event, one.traceId]),
		),
	].join('\n\n');
}
