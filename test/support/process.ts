import { type ChildService, childService } from '@fefaent/testing';
import { request } from 'undici';

/** An installation at work, whichever way it runs. */
export interface RunningFefaent {
	readonly publicUrl: string;
	readonly adminUrl: string;
	/** Moves the sandbox clock ahead. @param duration ISO 8601, such as P10D */
	advance(duration: string): Promise<void>;
	/** How long what it is asked for may take, in milliseconds. */
	readonly patienceMs: number;
	/** Waits until nothing is due any more, within its patience. */
	settle(): Promise<void>;
	/** Calls the admin API. */
	readonly admin: AdminCall;
}

/** A standalone installation in a process of its own, as `npm start` runs it. */
export interface StandaloneProcess extends RunningFefaent {
	readonly child: ChildService;
}

/** A call of the admin API. @throws Error with the answer when it is none of success */
export type AdminCall = <T>(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown) => Promise<T>;

/** How to start it. */
export interface StandaloneProcessOptions {
	readonly dataDir: string;
	readonly env?: Readonly<Record<string, string | undefined>>;
	/** Crash points: where to die, and the file that gets the name of each point passed. */
	readonly crash?: { readonly at?: string; readonly log?: string };
}

/** Starts `services/standalone/src/main.ts` on free ports and waits for its ready line. */
export async function startStandaloneProcess(options: StandaloneProcessOptions): Promise<StandaloneProcess> {
	const child = await childService({
		file: new URL('../../services/standalone/src/main.ts', import.meta.url).pathname,
		ready: /Fefaent is ready: (\S+) \(admin (\S+)\)/,
		env: {
			FEFAENT_DATA_DIR: options.dataDir,
			FEFAENT_PUBLIC_PORT: '0',
			FEFAENT_ADMIN_PORT: '0',
			FEFAENT_MTLS_PORT: '0',
			...options.env,
		},
		...(options.crash && { crash: options.crash }),
	});
	const [, publicUrl = '', adminUrl = ''] = child.ready ?? [];
	return { child, ...runningFefaent(publicUrl, adminUrl) };
}

/** An installation by its addresses. @param patienceMs default 30,000 */
export function runningFefaent(publicUrl: string, adminUrl: string, patienceMs = 30_000): RunningFefaent {
	const admin = adminCaller(adminUrl);
	return {
		publicUrl,
		adminUrl,
		patienceMs,
		admin,
		advance: async (duration) => void (await admin('POST', '/admin/v1/clock', { advance: duration })),
		settle: async () => void (await admin('POST', '/admin/v1/clock', { advance: 'PT0S', settle: true, timeoutSeconds: patienceMs / 1000 })),
	};
}

/** Calls the admin API at an address. */
export function adminCaller(adminUrl: string): AdminCall {
	return async <T>(method: string, path: string, body?: unknown): Promise<T> => {
		const answer = await request(new URL(path, adminUrl), {
			method,
			...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
		});
		const text = await answer.body.text();
		if (answer.statusCode >= 300) throw new Error(`${method} ${path} answered ${answer.statusCode}: ${text.slice(0, 500)}`);
		return (text === '' ? undefined : JSON.parse(text)) as T;
	};
}
