import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@fefaent/kernel';
import { describe, test } from 'vitest';
import { busConformance } from '../conformance.ts';
import { openEmbeddedBus } from '../index.ts';

describe('the embedded bus', () => {
	test.each(busConformance.map((one) => [one.name, one] as const))('%s', async (_, one) => {
		const folder = mkdtempSync(join(tmpdir(), 'bus-'));
		try {
			await one.run({
				open: async () => openEmbeddedBus({ path: join(folder, 'bus.db'), clock: systemClock, retentionMs: 3_600_000, onError: () => {} }),
			});
		} finally {
			rmSync(folder, { recursive: true });
		}
	});
});
