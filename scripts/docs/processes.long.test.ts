import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { ConfigError, type ConfigSchema, readConfig } from '@fefaent/service-kit';
import { expect, it } from 'vitest';
import { serviceNames } from '../../services/standalone/src/command/up/plan.ts';
import { type Part, parts, partsOf } from './processes.ts';

/** A value that is neither a number, a duration, a port, a URL nor a choice. */
const nonsense = '\u00bf?';

/** Names of a schema's settings that nonsense is told of. */
function refused(schema: ConfigSchema): readonly string[] {
	try {
		readConfig(schema, Object.fromEntries(Object.keys(schema).map((name) => [name, nonsense])));
		return [];
	} catch (error) {
		if (error instanceof ConfigError) return error.problems.map(({ name }) => name);
		throw error;
	}
}

const sensitive = Object.fromEntries(Object.entries(parts).map(([part, schema]) => [part, refused(schema)])) as Readonly<
	Record<Part, readonly string[]>
>;

/** Starts a service's process with nonsense in these settings, and tells which it minds. It looks at them before anything else. */
async function mindedBy(service: string, names: readonly string[]): Promise<readonly string[]> {
	const main = new URL(`../../services/${service}/src/main.ts`, import.meta.url).pathname;
	const env = { PATH: process.env.PATH, ...Object.fromEntries(names.map((name) => [name, nonsense])) };
	const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'ignore', 'pipe'] });
	const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
	const said = await text(child.stderr);
	expect([service, await ended]).toEqual([service, 2]);
	return [...new Set(said.match(/\b(?:FEFAENT|OTEL)_[A-Z0-9_]+/g))].filter((name) => names.includes(name)).toSorted();
}

it.each(serviceNames)('%s reads the settings that the page says', async (service) => {
	const own = partsOf[service].filter((part) => part !== 'process');
	const shared = new Set(sensitive.process);
	// Those of every process are read first: what is wrong with them hides the rest.
	const ofServices = [...new Set(Object.values(sensitive).flat())].filter((name) => !shared.has(name));
	const [minded, mindedShared] = await Promise.all([mindedBy(service, ofServices), mindedBy(service, sensitive.process)]);
	expect(minded).toEqual(
		own
			.flatMap((part) => sensitive[part])
			.filter((name) => !shared.has(name))
			.toSorted(),
	);
	expect(mindedShared).toEqual(sensitive.process.toSorted());
});

it('every setting is read by some process', () => {
	expect(new Set(Object.values(partsOf).flat())).toEqual(new Set(Object.keys(parts)));
	for (const part of Object.keys(parts) as Part[]) expect([part, sensitive[part].length > 0]).toEqual([part, true]);
});
