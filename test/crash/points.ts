// The crash points of the product, told by its source: every call of crashpoint() is found, and one whose name is put together there is written out by
// the rule for its place. A call that no rule covers fails, so that no point is forgotten.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** The names that a call can have, taken from the source of its own file and, where the name is handed in, of all of it. */
type Expansion = (own: string, all: string) => readonly string[];

const found = (pattern: RegExp, text: string): readonly string[] => [...text.matchAll(pattern)].map((match) => match[1] as string);

/** By file, then by the argument as it stands there. */
const expansions: Readonly<Record<string, Readonly<Record<string, Expansion>>>> = {
	'services/gateway/src/directory/sqlite.ts': {
		'`${point}.before`': (own) => directoryWrites(own).map((point) => `${point}.before`),
		'`${point}.after`': (own) => directoryWrites(own).map((point) => `${point}.after`),
	},
	'services/gateway/src/directory/mongo/store.ts': {
		'`${point}.before`': (own) => directoryWrites(own).map((point) => `${point}.before`),
		'`${point}.after`': (own) => directoryWrites(own).map((point) => `${point}.after`),
	},
	'services/gateway/src/faces/enotumlite/face.ts': { point: (own) => found(/held\('([\w.-]+)'\)/g, own) },
	'services/notification/src/operations/step.ts': {
		'`notification.${step}.before-store`': (own) => steps(own).map((step) => `notification.${step}.before-store`),
		'`notification.${step}.after-store`': (own) => steps(own).map((step) => `notification.${step}.after-store`),
	},
	'services/evidence/src/trust/test-trust.ts': Object.fromEntries(
		['before-write', 'before-key', 'after-key'].map((moment) => [
			`\`evidence.trust.\${name}.${moment}\``,
			(own: string, all: string) =>
				[...found(/ensure\('([\w-]+)'/g, own), ...keyTypes(all).map((type) => `test-signer-${type}`)].map(
					(name) => `evidence.trust.${name}.${moment}`,
				),
		]),
	),
	'packages/event-bus/src/relay.ts': Object.fromEntries(
		['before-publish', 'published', 'done'].map((moment) => [
			`\`outbox.\${name}.${moment}\``,
			(_: string, all: string) => found(/new OutboxRelay\(\{\s*name: '([\w-]+)'/g, all).map((name) => `outbox.${name}.${moment}`),
		]),
	),
	'packages/store-kit/src/sqlite/group-commit.ts': {
		'this.#beforeCommit': (_, all) => stores(all).map((name) => `store.${name}.before-commit`),
		'this.#afterCommit': (_, all) => stores(all).map((name) => `store.${name}.after-commit`),
	},
};

const directoryWrites = (own: string) => found(/#(?:write|change)\(\s*(?:id, )?'([\w.-]+)'/g, own);
const steps = (own: string) => found(/'(\w+)'/g, /type Step =([^;]*);/.exec(own)?.[1] ?? '');
const keyTypes = (all: string) => found(/'([\w-]+)'/g, /type KeyType =([^;]*);/.exec(all)?.[1] ?? '');
const stores = (all: string) => found(/openDatabase\(\{[^}]*\bname: '([\w-]+)'/g, all);

/** How the product runs: in one process on embedded engines, or each service in its own on MongoDB and Kafka. */
export type Way = 'standalone' | 'distributed';

/** Source that only one way runs. What is in neither list both do. */
const onlyBy: Readonly<Record<Way, RegExp>> = {
	standalone: /\/sqlite[\w-]*\.ts$|\/embedded\/|^packages\/store-kit\/src\/sqlite\/|\/blobs\/folder\.ts$|^services\/standalone\//,
	distributed: /\/(?:mongo|kafka)\/|\/(?:gridfs|s3)\.ts$|^packages\/process\/|\/rpc\/grpc/,
};

/** The way that alone runs a file; undefined when both do. */
function onlyWayOf(file: string): Way | undefined {
	return (Object.keys(onlyBy) as Way[]).find((way) => onlyBy[way].test(file));
}

let known: ReadonlyMap<string, string> | undefined;

/** Product source by path, read once: neither tests nor what only tests load. */
function productSource(): ReadonlyMap<string, string> {
	known ??= readProductSource();
	return known;
}

function readProductSource(): ReadonlyMap<string, string> {
	const product = (file: string) =>
		/\/src\/.*\.ts$/.test(file) &&
		!/node_modules|\.test\.ts$|\.fixture\.ts$|conformance|contract\.ts$|\/testing[/.]|^packages\/testing\//.test(file);
	const files = ['packages', 'services'].flatMap((room) =>
		readdirSync(join(root, room)).flatMap((part) => {
			const src = `${room}/${part}/src`;
			if (!existsSync(join(root, src))) return [];
			return readdirSync(join(root, src), { recursive: true, encoding: 'utf8' }).map((file) => `${src}/${file}`);
		}),
	);
	return new Map(files.filter(product).map((file) => [file, withoutComments(readFileSync(join(root, file), 'utf8'))]));
}

/** Only whole-line comments: that is where code is quoted. */
function withoutComments(source: string): string {
	return source.replace(/^\s*(?:\/\/|\/?\*).*$/gm, '');
}

/**
 * Every crash point of the product by name, sorted. @param way that one of running alone
 * @throws Error for a call whose names cannot be told, and for a rule that no call needs
 */
export function crashpointsOfSource(way: Way, source = productSource()): readonly string[] {
	const all = [...source.values()].join('\n');
	const names = new Set<string>();
	const used = new Set<string>();
	for (const [file, own] of source) {
		if (file === 'packages/kernel/src/crashpoint.ts') continue;
		for (const argument of found(/\bcrashpoint\(\s*((?:[^()]|\([^()]*\))*?),?\s*\)/g, own)) {
			const literal = /^'([\w.-]+)'$/.exec(argument)?.[1];
			const expanded = literal === undefined ? expansions[file]?.[argument]?.(own, all) : [literal];
			if (!expanded?.length) throw new Error(`${file}: which crash points crashpoint(${argument}) names cannot be told`);
			if (literal === undefined) used.add(`${file} ${argument}`);
			if ((onlyWayOf(file) ?? way) === way) for (const name of expanded) names.add(name);
		}
	}
	const stale = Object.entries(expansions)
		.flatMap(([file, rules]) => Object.keys(rules).map((argument) => `${file} ${argument}`))
		.filter((rule) => !used.has(rule));
	if (stale.length > 0) throw new Error(`no call needs these rules any more: ${stale.join('; ')}`);
	return [...names].sort();
}
