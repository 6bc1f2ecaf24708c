import { expect, test } from 'vitest';
import { uuidv7 } from './ids.ts';

test('has the layout of RFC 9562 and carries its instant', () => {
	const at = new Date('2026-11-22T10:00:00.123Z');
	const id = uuidv7(at);
	expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
	expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(at.getTime());
});

test('ids of one instant differ, and later ones sort later', () => {
	const at = new Date();
	const ids = Array.from({ length: 5_000 }, () => uuidv7(at));
	expect(new Set(ids).size).toBe(ids.length);
	expect(uuidv7(new Date(at.getTime() + 1)) > (ids.toSorted().at(-1) as string)).toBe(true);
});
