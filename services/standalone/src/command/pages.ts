import type { AdminClient, Query } from './client.ts';

/** Reads every page of a list. */
export async function everything<T>(admin: AdminClient, path: string, query: Query = {}): Promise<T[]> {
	const items: T[] = [];
	let after: string | undefined;
	do {
		const found: { readonly items: readonly T[]; readonly next?: string } = await admin.get(path, { ...query, after });
		items.push(...found.items);
		after = found.next;
	} while (after !== undefined);
	return items;
}
