// One installation that is killed and started again, with the world outside it: a mail server and a callback receiver that stay up.

import { type Standalone, startStandalone } from '@fefaent/standalone';
import { acceptCallback, type HttpRecorder, type SmtpSink, startCallbackReceiver, startSmtpSink, temporaryFolder } from '@fefaent/testing';
import { type StandaloneProcess, startStandaloneProcess } from '../support/process.ts';
import { texts } from '../support/soap.ts';
import type { Outside } from './ledger.ts';
import { type Journal, type Planned, play } from './scenario.ts';

/** An installation and what stands around it. */
export interface House extends AsyncDisposable {
	/** Starts the product on the same data as before. */
	start(crash?: { readonly at?: string; readonly log?: string }): Promise<StandaloneProcess>;
	/** Moves time beyond the retention, so that what is final is exported and purged; waits for it. */
	purge(process: StandaloneProcess): Promise<void>;
	/** Starts the product, plays the script from the start, lets it come to rest and stops it in good order. */
	playToRest(planned: readonly Planned[], journal: Journal): Promise<void>;
	/** Opens the stores of the stopped product and looks at them. */
	inspect<T>(look: (fefaent: Standalone, outside: Outside) => Promise<T>): Promise<T>;
}

/** Opens a new, empty one. */
export async function openHouse(): Promise<House> {
	const folder = await temporaryFolder();
	const mail: SmtpSink = await startSmtpSink();
	const receiver: HttpRecorder = await startCallbackReceiver({ respond: acceptCallback });
	const env = {
		FEFAENT_NOTIFIER_SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
		FEFAENT_STATE_ENGINE_RETENTION: 'P60D',
	};
	let registered = false;

	const start = async (crash?: { readonly at?: string; readonly log?: string }): Promise<StandaloneProcess> => {
		if (!registered) {
			// The endpoint is registered before anything is created, and not under the kill: it is not what is being tried here.
			const first = await startStandaloneProcess({ dataDir: folder.path, env });
			await first.admin('POST', '/admin/v1/endpoints', { issuerCode: 'DEMO', url: receiver.url, form: 'enotumlite' });
			first.child.kill('SIGTERM');
			await first.child.waitExit(20_000);
			registered = true;
		}
		return startStandaloneProcess({ dataDir: folder.path, env, ...(crash && { crash }) });
	};

	return {
		start,
		purge: async (process) => {
			await process.advance('P61D');
			await process.settle();
		},
		playToRest: async (planned, journal) => {
			const running = await start();
			await play(running, planned, journal);
			await running.settle();
			running.child.kill('SIGTERM');
			await running.child.waitExit(20_000);
		},
		inspect: async (look) => {
			const fefaent = await startStandalone({
				env: { ...env, FEFAENT_DATA_DIR: folder.path, FEFAENT_PUBLIC_PORT: '0', FEFAENT_ADMIN_PORT: '0', FEFAENT_MTLS_PORT: '0' },
			});
			try {
				return await look(fefaent, {
					mailIds: mail.messages.map((one) => one.messageId),
					callbacks: receiver.requests.map((one) => {
						const body = Buffer.from(one.body).toString('utf8');
						return {
							deliveryId: String(one.headers.get('x-fefaent-delivery-id')),
							notificationId: Number(texts(body, 'IdNotificacio')[0]),
							state: texts(body, 'Estat')[0] ?? '',
						};
					}),
				});
			} finally {
				await fefaent.stop();
			}
		},
		[Symbol.asyncDispose]: async () => {
			await Promise.all([mail.close(), receiver.close()]);
			await folder[Symbol.asyncDispose]();
		},
	};
}
