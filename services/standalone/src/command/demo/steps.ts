import { join } from 'node:path';
import type { adminApi } from '@fefaent/gateway';
import { verifyEvidence } from '@fefaent/pki';
import { textOf } from '@fefaent/xml';
import { type AdminClient, path } from '../client.ts';
import { CommandFailure } from '../failure.ts';
import { writeGiven } from '../files.ts';
import { installationTrust } from '../trust.ts';
import type { ReceivedCallback, Receiver } from './receiver.ts';
import { acceptRequest, createRequest, type DemoNotification } from './requests.ts';
import type { SoapCaller } from './soap.ts';
import { waitFor } from './wait.ts';

/** What the steps work with. */
export interface Stage {
	readonly admin: AdminClient;
	readonly soap: SoapCaller;
	readonly receiver: Receiver;
	/** How long each wait may take, in seconds. */
	readonly patience: number;
	/** Folder that evidences are saved in. */
	readonly folder: string;
}

/** What a check of a saved evidence found. */
export interface CheckedEvidence {
	readonly file: string;
	readonly level: string;
	readonly signer: string;
	readonly provenTime: string;
	readonly test: boolean;
}

/** Creates a notification through the SOAP face. @returns its id */
export async function create({ soap }: Stage, what: DemoNotification): Promise<number> {
	const id = Number(textOf(await soap.call(createRequest(what)), 'IdNotificacio'));
	if (!Number.isSafeInteger(id) || id < 1) throw new CommandFailure('the answer names no notification');
	return id;
}

/** Waits until a notification is in a state. */
export async function reached({ admin, patience }: Stage, id: number, state: string): Promise<adminApi.Notification> {
	const look = () => admin.get<adminApi.Notification>(path`/admin/v1/notifications/${id}`);
	return waitFor(
		`notification ${id} to be ${state}`,
		patience,
		async () => {
			const found = await look();
			return found.state === state ? found : undefined;
		},
		async () => {
			const { state: stands, failure } = await look();
			return `it is ${stands ?? 'unknown'}${failure === undefined ? '' : ` (${failure})`}`;
		},
	);
}

/** Waits until the notice by e-mail is sent. @returns the e-mail; undefined where a mail server took it */
export async function mailed({ admin, patience }: Stage, id: number): Promise<adminApi.MailOutbox['items'][number] | undefined> {
	const notices = async () => (await admin.get<adminApi.NoticeList>(path`/admin/v1/notifications/${id}/notices`)).items;
	const sent = await waitFor(
		`the e-mail of notification ${id}`,
		patience,
		async () => (await notices()).find((one) => one.channel === 'email' && one.state === 'sent'),
		async () => (await notices()).find((one) => one.channel === 'email')?.failure,
	);
	const { items } = await admin.get<adminApi.MailOutbox>('/admin/v1/outbox/mail', { limit: 100 });
	return items.find((one) => one.noticeId === sent.id);
}

/** The recipient accepts, through the SOAP face. */
export async function accept({ soap }: Stage, issuer: string, id: number): Promise<void> {
	const result = await soap.call(acceptRequest(issuer, id));
	const decision = textOf(result, 'Decisio');
	if (decision !== 'ACCEPTAR' || !textOf(result, 'Evidencia'))
		throw new CommandFailure(`the answer to the acceptance is ${decision ?? 'empty'}`);
}

/** Saves an evidence and checks it as anyone could. @throws CommandFailure when it does not hold */
export async function prove({ admin, folder }: Stage, id: number, transition: string): Promise<CheckedEvidence> {
	const xml = await admin.file(path`/admin/v1/notifications/${id}/evidences/${transition}`);
	const file = writeGiven(join(folder, `evidence-${id}-${transition}.xml`), xml);
	const trust = installationTrust(await admin.get<adminApi.Trust>('/admin/v1/trust'), admin.url);
	const report = await verifyEvidence(xml, trust);
	if (!report.valid) throw new CommandFailure(`${file} is not valid: ${report.problems.join(' ')}`);
	return {
		file,
		level: report.level ?? '',
		signer: report.signer ?? '',
		provenTime: report.provenTime?.toISOString() ?? '',
		test: trust.test ?? false,
	};
}

/** Waits until a callback that tells a state has come. @param state the contract's word */
export async function calledBack({ admin, receiver, patience }: Stage, id: number, state: string): Promise<ReceivedCallback> {
	return waitFor(
		`the callback that notification ${id} is ${state}`,
		patience,
		async () => receiver.received.find((one) => one.notificationId === id && one.state === state),
		async () => {
			const { items } = await admin.get<adminApi.DeliveryList>(path`/admin/v1/notifications/${id}/deliveries`);
			return items.flatMap((one) => one.attempts).findLast((one) => one.failure !== undefined)?.failure;
		},
	);
}
