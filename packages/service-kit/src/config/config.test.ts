import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { type Config, ConfigError, type ConfigProblem, defineConfig, readConfig } from './config.ts';
import { formatDuration, parseDuration } from './duration.ts';
import { configTable, renderConfigMarkdown, renderConfigText } from './render.ts';
import { setting } from './setting.ts';
import { unknownSettings } from './unknown.ts';

const schema = defineConfig({
	FEFAENT_HOST: setting.string({ default: '127.0.0.1', doc: 'Address to listen on.' }),
	FEFAENT_PORT: setting.port({ default: 8080, doc: 'Port; 0 for a free one.' }),
	FEFAENT_BATCH: setting.int({ default: 100, min: 1, max: 1000, doc: 'Items in a batch.', unit: 'items' }),
	FEFAENT_OPEN: setting.boolean({ default: false, doc: 'Whether loopback needs no key.' }),
	FEFAENT_WAIT: setting.duration({ default: 10_000, min: 1, doc: 'How long to wait.' }),
	FEFAENT_LEVEL: setting.enum(['debug', 'info'], { default: 'info', doc: 'Least level | logged.' }),
	FEFAENT_DATA_DIR: setting.path({ default: './data', doc: 'Where data is.' }),
	FEFAENT_TSA_URL: setting.url({ optional: true, doc: 'Time-stamping authority.' }),
	FEFAENT_HOSTS: setting.list({ default: [], doc: 'Hosts allowed.' }),
	FEFAENT_KEY: setting.string({ secret: true, doc: 'Key.' }),
});

function problems(env: Record<string, string>): readonly ConfigProblem[] {
	try {
		readConfig(schema, env);
		return [];
	} catch (error) {
		if (error instanceof ConfigError) return error.problems;
		throw error;
	}
}

describe('readConfig', () => {
	it('answers typed values, defaults where nothing is set', () => {
		const config = readConfig(schema, { FEFAENT_KEY: 'k', FEFAENT_PORT: ' 0 ', FEFAENT_HOST: '' });
		expectTypeOf(config.FEFAENT_PORT).toEqualTypeOf<number>();
		expectTypeOf(config.FEFAENT_LEVEL).toEqualTypeOf<'debug' | 'info'>();
		expectTypeOf(config.FEFAENT_TSA_URL).toEqualTypeOf<string | undefined>();
		expectTypeOf(config).toEqualTypeOf<Config<typeof schema>>();
		expect(config).toEqual({
			FEFAENT_HOST: '127.0.0.1',
			FEFAENT_PORT: 0,
			FEFAENT_BATCH: 100,
			FEFAENT_OPEN: false,
			FEFAENT_WAIT: 10_000,
			FEFAENT_LEVEL: 'info',
			FEFAENT_DATA_DIR: resolve('data'),
			FEFAENT_TSA_URL: undefined,
			FEFAENT_HOSTS: [],
			FEFAENT_KEY: 'k',
		});
		expect(Object.isFrozen(config)).toBe(true);
	});

	it.each([
		['FEFAENT_PORT', '65535', 65_535],
		['FEFAENT_OPEN', 'YES', true],
		['FEFAENT_OPEN', '0', false],
		['FEFAENT_WAIT', 'PT1M', 60_000],
		['FEFAENT_LEVEL', 'debug', 'debug'],
		['FEFAENT_DATA_DIR', '/var/lib/fefaent', '/var/lib/fefaent'],
		['FEFAENT_TSA_URL', 'https://tsa.example/x', 'https://tsa.example/x'],
		['FEFAENT_HOSTS', 'a, b,c', ['a', 'b', 'c']],
	] as const)('reads %s=%s', (name, raw, value) => {
		expect(readConfig(schema, { FEFAENT_KEY: 'k', [name]: raw })[name]).toEqual(value);
	});

	it.each([
		['FEFAENT_PORT', '65536'],
		['FEFAENT_PORT', '-1'],
		['FEFAENT_PORT', '80a'],
		['FEFAENT_BATCH', '0'],
		['FEFAENT_BATCH', '1.5'],
		['FEFAENT_BATCH', '99999999999999999999'],
		['FEFAENT_OPEN', 'maybe'],
		['FEFAENT_WAIT', '10'],
		['FEFAENT_WAIT', '0'],
		['FEFAENT_LEVEL', 'toString'],
		['FEFAENT_TSA_URL', 'file:///etc/passwd'],
		['FEFAENT_TSA_URL', 'tsa.example'],
		['FEFAENT_HOSTS', 'a,,b'],
	])('refuses %s=%s', (name, raw) => {
		expect(problems({ FEFAENT_KEY: 'k', [name]: raw })).toMatchObject([{ name, value: raw }]);
	});

	it('names every wrong setting at once, with its value and what is expected', () => {
		const error = new ConfigError(problems({ FEFAENT_PORT: 'http', FEFAENT_BATCH: '5000' }));
		expect(error.message.split('\n')).toEqual([
			'wrong settings:',
			'  FEFAENT_PORT is "http": expected a port from 0 to 65535',
			'  FEFAENT_BATCH is "5000": expected a whole number from 1 to 1000',
			'  FEFAENT_KEY is not set: expected text',
		]);
	});

	it('never tells a secret', () => {
		const secrets = defineConfig({ PIN: setting.int({ secret: true, doc: 'PIN.' }) });
		expect(() => readConfig(secrets, { PIN: 'hunter2' })).toThrow('PIN is "***"');
	});

	it('refuses a schema with a bad name, no documentation or a wrong default', () => {
		expect(() => defineConfig({ port: setting.port({ doc: 'x' }) })).toThrow(TypeError);
		expect(() => defineConfig({ PORT: setting.port({ doc: ' ' }) })).toThrow(TypeError);
		expect(() => setting.port({ default: 70_000, doc: 'x' })).toThrow(TypeError);
	});
});

describe('zones and periods', () => {
	const calendar = defineConfig({
		FEFAENT_ZONE: setting.zone({ default: 'Europe/Madrid', doc: 'Zone.' }),
		FEFAENT_KEPT: setting.period({ default: 'P2M', doc: 'How long.' }),
	});

	it('are taken as they are written', () => {
		expect(readConfig(calendar, {})).toEqual({ FEFAENT_ZONE: 'Europe/Madrid', FEFAENT_KEPT: 'P2M' });
		const env = { FEFAENT_ZONE: 'Atlantic/Canary', FEFAENT_KEPT: 'P1Y2M3DT4H' };
		expect(readConfig(calendar, env)).toEqual(env);
		expect(readConfig(calendar, { FEFAENT_KEPT: 'PT0S' }).FEFAENT_KEPT).toBe('PT0S');
	});

	it.each([
		['FEFAENT_ZONE', 'Europe/Nowhere'],
		['FEFAENT_ZONE', '+01:00'],
		['FEFAENT_KEPT', 'two months'],
		['FEFAENT_KEPT', '7d'],
		['FEFAENT_KEPT', '-P1D'],
		['FEFAENT_KEPT', 'P300000Y'],
	])('refuse %s=%s by name', (name, value) => {
		expect(() => readConfig(calendar, { [name]: value })).toThrow(new RegExp(`${name} is "${value.replace('+', '.')}": expected `));
	});

	it('refuse a wrong default where it is written', () => {
		expect(() => setting.zone({ default: 'Nowhere', doc: 'x' })).toThrow(TypeError);
		expect(() => setting.period({ default: '2 months', doc: 'x' })).toThrow(TypeError);
	});
});

describe('durations', () => {
	it.each([
		['500ms', 500],
		['1.5s', 1_500],
		['5m', 300_000],
		['2h', 7_200_000],
		['1d', 86_400_000],
		['1h30m', 5_400_000],
		['PT10S', 10_000],
		['P1DT2H', 93_600_000],
		['0', 0],
	])('%s is %i ms', (text, ms) => {
		expect(parseDuration(text)).toBe(ms);
	});

	it.each(['10', '', 's', '-5s', '10 s', 'P1M', 'PT', 'tomorrow', '1e3s'])('"%s" is none', (text) => {
		expect(parseDuration(text)).toBeUndefined();
	});

	it('reads back what it writes', () => {
		fc.assert(
			fc.property(fc.nat({ max: 2 ** 31 - 1 }), fc.constantFrom(1, 1_000, 60_000, 3_600_000), (count, unit) => {
				expect(parseDuration(formatDuration(count * unit))).toBe(count * unit);
			}),
		);
	});
});

describe('documentation', () => {
	it('has a row for every setting', () => {
		expect(configTable(schema).map((row) => row.name)).toEqual(Object.keys(schema));
		expect(configTable(schema).find((row) => row.name === 'FEFAENT_KEY')).toMatchObject({
			required: true,
			secret: true,
			default: undefined,
		});
	});

	it('renders a Markdown table whose cells cannot break it', () => {
		const lines = renderConfigMarkdown('Gateway', schema).split('\n');
		expect(lines[0]).toBe('## Gateway');
		expect(lines).toContain('| `FEFAENT_WAIT` | duration | `10s` | How long to wait. |');
		expect(lines).toContain('| `FEFAENT_BATCH` | integer (items) | `100` | Items in a batch. |');
		expect(lines).toContain('| `FEFAENT_LEVEL` | debug \\| info | `info` | Least level \\| logged. |');
		expect(lines).toContain('| `FEFAENT_TSA_URL` | URL | unset | Time-stamping authority. |');
		expect(lines).toContain('| `FEFAENT_HOSTS` | list | empty | Hosts allowed. |');
		expect(lines).toContain('| `FEFAENT_KEY` | text, secret | **required** | Key. |');
		expect(lines).toContain('| `FEFAENT_DATA_DIR` | path | `./data` | Where data is. |');
	});

	it('prints the values in force with secrets masked, those within URLs too', () => {
		const text = renderConfigText(readConfig(schema, { FEFAENT_KEY: 'hunter2', FEFAENT_TSA_URL: 'https://me:hunter2@tsa.example/' }));
		expect(text).not.toContain('hunter2');
		expect(text.split('\n')).toEqual(
			expect.arrayContaining(['FEFAENT_KEY=***', 'FEFAENT_WAIT=10s', 'FEFAENT_TSA_URL=https://me:***@tsa.example/']),
		);
		expect(() => renderConfigText({ FEFAENT_KEY: 'x' })).toThrow(TypeError);
	});
});

describe('unknownSettings', () => {
	it('tells typing mistakes and what was meant', () => {
		const env = { FEFAENT_HSOT: 'x', FEFAENT_WHATEVER_ELSE: 'y', FEFAENT_PORT: '1', PATH: 'z' };
		expect(unknownSettings([schema], env)).toEqual([
			{ name: 'FEFAENT_HSOT', meant: 'FEFAENT_HOST' },
			{ name: 'FEFAENT_WHATEVER_ELSE', meant: undefined },
		]);
	});
});
