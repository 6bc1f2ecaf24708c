// One installation that is killed and started again, with the world outside it: a mail server and a callback receiver that stay up.
import { type Standalone, startStandalone } from '@fefaent/standalone';
import {
	acceptCallback,
	type HttpRecorder,
	type HttpResponder,
	type SmtpSink,
	startCallbackReceiver,
	startSmtpSink,
	temporaryFolder,
} from '@fefaent/testing';
import { type StandaloneProcess, startStandaloneProcess } from '../support/process.ts';
import { texts } from '../support/soap.ts';
import type { Outside } from './ledger.ts';

/** An installation and what stands around it. */
export interface House extends AsyncDisposable {
	readonly receiver: HttpRecorder;
	/** How the receiver answers when all is well. */
	readonly accept: HttpResponder;
	/** Undefined where the installation keeps its mails to itself. */
	readonly mail: SmtpSink | undefined;
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
	const mail = options.smtp === false ? undefined : await startSmtpSink();
	const receiver = await startCallbackReceiver({ respond: acceptCallback });
	const env = mail ? { FEFAENT_NOTIFIER_SMTP_URL: `smtp://127.0.0.1:${mail.port}` } : {};
	let registered = false;
	const started: StandaloneProcess[] = [];

	const stop = async ({ child }: StandaloneProcess): Promise<void> => {
		child.kill('SIGTERM');
		const { code } = await child.waitExit(20_000);
		if (code !== 0) throw new Error(`it did not stop in good order, but with code ${code}: ${child.output()}`);
	};

	return {
		receiver,
		accept: acceptCallback,
		mail,
		stop,
		start: async (crash) => {
			if (!registered) {
				// The endpoint is registered before anything is created, and not under the kill: it is not what is being tried here.
				const first = await startStandaloneProcess({ dataDir: folder.path, env });
				// The form whose evidences say who signed.
				await first.admin('PATCH', '/admin/v1/issuers/DEMO', { evidenceForm: 'head' });
				await first.admin('POST', '/admin/v1/endpoints', { issuerCode: 'DEMO', url: receiver.url, form: 'enotumlite' });
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
				return await look(fefaent, {
					mailIds: mail?.messages.map((one) => one.messageId),
					callbacks: receiver.requests.map((one) => {
						const body = Buffer.from(one.body).toString('utf8');
						return {
							deliveryId: String(one.headers.get('x-fefaent-delivery-id')),
							notificationId: Number(texts(body, 'IdNotificacio')[0]),
							state: texts(body, 'Estat')[0] ?? '',
							body,
						};
					}),
				});
			} finally {
				await fefaent.stop();
			}
		},
		[Symbol.asyncDispose]: async () => {
			// Also one that a failed test has left running.
			await Promise.all(started.map(({ child }) => child[Symbol.asyncDispose]()));
			await Promise.all([mail?.close(), receiver.close()]);
			await folder[Symbol.asyncDispose]();
		},
	};
}
