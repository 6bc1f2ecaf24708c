// An installation of one process per service, with the world outside it and the books that its ledger is held against.
import { openTlsFolder, readConfig, silentLogger } from '@fefaent/service-kit';
import { temporaryFolder } from '@fefaent/testing';
import { remoteClients } from '../../packages/process/src/clients.ts';
import { processConfig } from '../../packages/process/src/config.ts';
import { serviceNames } from '../../services/standalone/src/command/up/plan.ts';
import type { Books } from '../crash/ledger.ts';
import { type Outside, openSurroundings, outsideOf, register, type Surroundings } from '../crash/surroundings.ts';
import { type RunningFefaent, runningFefaent } from '../support/process.ts';
import { type Installation, type InstallationOptions, startInstallation } from './installation.ts';

/** An installation at work and what stands around it. */
export interface DistributedHouse extends AsyncDisposable, Surroundings {
	readonly installation: Installation;
	readonly fefaent: RunningFefaent;
	readonly books: Books;
	/** The crash points that each process passed until it was ready for the first time. */
	readonly started: ReadonlyMap<string, readonly string[]>;
	outside(): Outside;
}

/** How it is opened: as an installation, six processes that can be told where to die. */
export interface DistributedHouseOptions extends InstallationOptions {
	/** Whether mails go to a server; default true. */
	readonly smtp?: boolean;
}

interface Items<T> {
	readonly items: readonly T[];
}

/** Opens a new, empty one, whose issuer is told of every change. */
export async function openDistributedHouse({ smtp = true, ...options }: DistributedHouseOptions = {}): Promise<DistributedHouse> {
	const opened = new AsyncDisposableStack();
	try {
		const folder = opened.use(temporaryFolder());
		const { env, close, ...surroundings } = await openSurroundings({ smtp });
		opened.defer(close);
		const installation = opened.use(
			await startInstallation(folder, {
				secondGateway: false,
				crash: true,
				...options,
				env: { FEFAENT_SANDBOX: 'true', FEFAENT_LOG_LEVEL: 'error', ...env, ...options.env },
			}),
		);
		const started = new Map(processNames.map((name) => [name, installation.passed(name)]));
		const fefaent = runningFefaent(installation.publicUrls[0] as string, installation.adminUrls[0] as string, 120_000);
		await fefaent.admin('POST', '/admin/v1/issuers', { code: 'DEMO', name: 'Ens de demostració' });
		await register(fefaent, surroundings);
		const { books, close: closeBooks } = await openBooks(installation, fefaent);
		opened.defer(closeBooks);
		return {
			...surroundings,
			installation,
			fefaent,
			books,
			started,
			outside: () => outsideOf(surroundings),
			[Symbol.asyncDispose]: () => opened.disposeAsync(),
		};
	} catch (error) {
		await opened.disposeAsync();
		throw error;
	}
}

/** Asks the services themselves, in the gateway's name, and the gateway for what is its own. */
async function openBooks(installation: Installation, { admin }: RunningFefaent) {
	const config = readConfig(processConfig, installation.envOf('gateway'));
	const { FEFAENT_TLS_FOLDER: path } = config;
	const tls = path === undefined ? undefined : await openTlsFolder({ path, name: 'gateway', logger: silentLogger });
	const clients = remoteClients('gateway', config, tls);
	const listed = async <T>(what: string) => (await admin<Items<T>>('GET', `/admin/v1/${what}`)).items;
	const books: Books = {
		clients,
		bus: { deadLetters: () => listed('dead-letters?limit=100') },
		directory: {
			listIssuers: () => listed('issuers'),
			listCredentials: ({ issuer }) => listed(`credentials?issuer=${issuer}`),
			listAdministrations: () => listed('administrations?limit=1000'),
		},
	};
	const close = async (): Promise<void> => {
		for (const client of Object.values(clients)) client.close();
		tls?.close();
	};
	return { books, close };
}

/** The processes of a house, by the names of their services. */
export const processNames: readonly string[] = serviceNames;
