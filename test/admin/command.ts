import { type Ran, runFefaent } from './fefaent.ts';
import type { AdminWorld } from './world.ts';

/** Runs the command against the installation of a world. */
export function fefaent(world: AdminWorld, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
	return runFefaent(args, { FEFAENT_ADMIN_PORT: new URL(world.fefaent.adminUrl).port, FEFAENT_DATA_DIR: world.folder.join('cwd'), ...env });
}
