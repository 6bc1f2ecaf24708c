import { z } from 'zod';

/** An instant: ISO 8601 in UTC. */
export const instant = z.iso.datetime();

/** Id of a notification in an address or a query. */
export const idText = z
	.string()
	.regex(/^[1-9]\d{0,15}$/, 'is no id of a notification')
	.transform(Number)
	.pipe(z.int('is no id of a notification'))
	.describe('Id of the notification.');

/** Id of a notification in a body or an answer. */
export const id = z.int().min(1);

/** Code of an issuer. */
export const issuerCode = z.string().min(1).max(100);

/** How many entries to answer at most. */
export const limit = (most: number, usual = most) =>
	z.coerce.number().int().min(1).max(most).default(usual).describe(`Most entries, 1 to ${most}.`);

/** A page of a list in ascending order. */
export const pageQuery = {
	after: z.string().max(500).optional().describe('Only entries after this one: `next` of the page before.'),
	limit: limit(1000, 100),
};

/** Writes an instant. */
export const iso = (at: Date): string => at.toISOString();

/** Writes an instant that may be missing under a name that is then left out. */
export function isoAs<const N extends string>(name: N, at: Date | undefined): { readonly [K in N]?: string } {
	return at === undefined ? {} : ({ [name]: iso(at) } as { readonly [K in N]?: string });
}

/** A text under a name that is left out when it is empty, as the contracts write what is missing. */
export function textAs<const N extends string>(name: N, text: string | undefined): { readonly [K in N]?: string } {
	return text === undefined || text === '' ? {} : ({ [name]: text } as { readonly [K in N]?: string });
}

/** Leaves out what is undefined: exact optional members cannot hold it. */
export function defined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
	return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** One page, with where the next one begins. */
export function page<T>(items: readonly T[], most: number, key: (one: T) => string): { items: T[]; next?: string } {
	const last = items.length === most ? items.at(-1) : undefined;
	return { items: [...items], ...(last !== undefined && { next: key(last) }) };
}

/** SHA-256 or another digest, in hexadecimal. */
export const hex = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
