// One installation that is killed and started again, with the world outside it, which stays up.
import { type Standalone, startStandalone } from '@fefaent/standalone';
import { temporaryFolder } from '@fefaent/testing';
import { type StandaloneProcess, startStandaloneProcess } from '../support/process.ts';
import { type Outside, openSurroundings, outsideOf, register, type Surroundings } from './surroundings.ts';

/** An installation and what stands around it. */
export interface House extends AsyncDisposable, Surroundings {
	/** Starts the product on the same data as before. */
	start(crash?: { readonly at?: string; readonly log?: string }): Promise<StandaloneProcess>;
	/** Stops a running product in good order. */
	stop(process: StandaloneProcess): Promise<void>;
	/** Opens the stores of the stopped product and looks at them. */
	inspect<T>(look: (fefaent: Standalone, outside: Outside) => Promise<T>): Promise<T>;
}

/** Opens a new, empty one. @param options.smtp whether mails go to a server; default true */
export async function openHouse(options: { readonly smtp?: boolean } = {}): Promise<House> {
	const folder = temporaryFolder();
	const { env, close, ...surroundings } = await openSurroundings(options);
	let registered = false;
	const started: StandaloneProcess[] = [];

	const stop = async ({ child }: StandaloneProcess): Promise<void> => {
		child.kill('SIGTERM');
		const { code } = await child.waitExit(20_000);
		if (code !== 0) throw new Error(`it did not stop in good order, but with code ${code}: ${child.output()}`);
	};

	return {
		...surroundings,
		stop,
		start: async (crash) => {
			if (!registered) {
				// The endpoint is registered before anything is created, and not under the kill: it is not what is being tried here.
				const first = await startStandaloneProcess({ dataDir: folder.path, env });
				await register(first, surroundings);
				await stop(first);
				registered = true;
			}
			const process = await startStandaloneProcess({ dataDir: folder.path, env, ...(crash && { crash }) });
			started.push(process);
			return process;
		},
		inspect: async (look) => {
			const ports = { FEFAENT_PUBLIC_PORT: '0', FEFAENT_ADMIN_PORT: '0', FEFAENT_MTLS_PORT: '0' };
			const fefaent = await startStandalone({ env: { ...env, ...ports, FEFAENT_DATA_DIR: folder.path, FEFAENT_LOG_LEVEL: 'error' } });
			try {
				return await look(fefaent, outsideOf(surroundings));
			} finally {
				await fefaent.stop();
			}
		},
		[Symbol.asyncDispose]: async () => {
			// Also one that a failed test has left running.
			await Promise.all(started.map(({ child }) => child[Symbol.asyncDispose]()));
			await close();
			await folder[Symbol.asyncDispose]();
		},
	};
}
