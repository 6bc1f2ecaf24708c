import type { ConfigSchema, Env } from './config.ts';

/** A variable that nothing reads: most likely a typing mistake. */
export interface UnknownSetting {
	readonly name: string;
	/** The known setting whose name is nearest, if one is near. */
	readonly meant: string | undefined;
}

/** Edits that still count as a slip of the keyboard. */
const nearest = 4;

/**
 * Finds variables that look like settings of ours but are not.
 * @param known every schema that the process reads
 * @param prefix of our variables
 */
export function unknownSettings(known: readonly ConfigSchema[], env: Env, prefix = 'FEFAENT_'): readonly UnknownSetting[] {
	const names = known.flatMap((schema) => Object.keys(schema));
	return Object.keys(env)
		.filter((name) => name.startsWith(prefix) && !names.includes(name))
		.sort()
		.map((name) => {
			const [best] = names.map((one) => ({ one, edits: distance(name, one) })).sort((a, b) => a.edits - b.edits);
			return { name, meant: best !== undefined && best.edits <= nearest ? best.one : undefined };
		});
}

/** Levenshtein distance: how many letters must be added, dropped or changed to make `b` of `a`. */
function distance(a: string, b: string): number {
	let row = Array.from({ length: b.length + 1 }, (_, index) => index);
	for (let i = 1; i <= a.length; i++) {
		const next = [i];
		for (let j = 1; j <= b.length; j++) {
			const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
			next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
		}
		row = next;
	}
	return row[b.length] ?? 0;
}
