import type { adminApi } from '@fefaent/gateway';
import { type AdminClient, path } from '../client.ts';
import { CommandFailure } from '../failure.ts';
import { showMail } from '../groups/outbox.ts';
import type { Output } from '../output.ts';
import { type Patience, patientAdmin, patiently, patientSoap } from './patience.ts';
import { type ReceivedCallback, startReceiver } from './receiver.ts';
import { soapCaller } from './soap.ts';
import { accept, type CheckedEvidence, calledBack, create, mailed, prove, reached, type Stage } from './steps.ts';

/** How the demo is played. */
export interface DemoOptions {
	readonly issuer: string;
	readonly email: string;
	/** Base address of the public faces; else as the installation says. */
	readonly publicUrl: string | undefined;
	readonly apiKey: string | undefined;
	/** Whether time is moved, so that a second notification expires. */
	readonly expire: boolean;
	/** How long each wait may take, in seconds. */
	readonly patience: number;
	/** Folder that evidences are saved in. */
	readonly folder: string;
}

/** What was played. */
export interface DemoResult {
	readonly accepted: PlayedLife;
	/** Absent unless it was asked for. */
	readonly expired?: PlayedLife;
	readonly ms: number;
}

/** One notification's life. */
export interface PlayedLife {
	readonly id: number;
	readonly state: string;
	/** Subject of the e-mail; absent where a mail server took it. */
	readonly mailSubject?: string;
	readonly evidences: readonly CheckedEvidence[];
	readonly callbacks: readonly ReceivedCallback[];
}

/**
 * Plays a notification's whole life against a running installation, through its public and admin faces alone, and says each step.
 * @throws CommandFailure at the first step that does not hold
 */
export async function playDemo(installation: AdminClient, output: Output, options: DemoOptions): Promise<DemoResult> {
	const started = performance.now();
	// Whoever is not there at the beginning is not waited for: it may be the wrong address.
	await installation.get('/admin/v1/status');
	const patience: Patience = { seconds: options.patience, say: (line) => output.progress(line) };
	const admin = patientAdmin(installation, patience);
	const status = await patiently(patience, () => readyStatus(admin));
	if (options.expire && !status.sandbox) throw new CommandFailure('time cannot be moved here, so nothing can expire: leave out --expire');
	const publicUrl = options.publicUrl ?? status.publicUrl;
	if (publicUrl === undefined) throw new CommandFailure('the address of the public faces is not known: give --public URL', 2);
	await admin.get(path`/admin/v1/issuers/${options.issuer}`);

	await using receiver = await startReceiver();
	const soap = patientSoap(soapCaller(publicUrl, options.apiKey), patience);
	await soap.reach();
	const stage: Stage = { admin, soap, receiver, patience: options.patience, folder: options.folder };
	await patiently(patience, () => endpointAt(installation, options.issuer, receiver.url));
	output.progress(`- ${options.issuer} wants to be told of changes at ${receiver.url}`);
	try {
		const accepted = await acceptedLife(stage, output, options);
		const expired = options.expire ? await expiredLife(stage, output, options) : undefined;
		return { accepted, ...(expired && { expired }), ms: Math.round(performance.now() - started) };
	} finally {
		await patiently(patience, () => removeEndpoint(installation, options.issuer, receiver.url));
	}
}

/** @throws CommandFailure that passes, while a service is away */
async function readyStatus(admin: AdminClient): Promise<adminApi.Status> {
	const status = await admin.get<adminApi.Status>('/admin/v1/status');
	if (!status.ready) throw new CommandFailure('the installation is not ready: see `fefaent status`', 1, { passing: true });
	return status;
}

/** Has a receiver told of an issuer's changes: once, however often it is called. */
async function endpointAt(admin: AdminClient, issuerCode: string, url: string): Promise<void> {
	const known = await endpointsAt(admin, issuerCode, url);
	if (known.length === 0) await admin.send('POST', '/admin/v1/endpoints', { issuerCode, url, form: 'enotumlite' });
}

async function removeEndpoint(admin: AdminClient, issuerCode: string, url: string): Promise<void> {
	for (const { id } of await endpointsAt(admin, issuerCode, url)) await admin.send('DELETE', path`/admin/v1/endpoints/${id}`);
}

async function endpointsAt(admin: AdminClient, issuer: string, url: string) {
	const { items } = await admin.get<adminApi.EndpointList>('/admin/v1/endpoints', { issuer });
	return items.filter((one) => one.url === url);
}

async function acceptedLife(stage: Stage, output: Output, options: DemoOptions): Promise<PlayedLife> {
	const { id, mailSubject, evidence, callback } = await delivered(stage, output, options, 'Resolució de demostració');
	await accept(stage, options.issuer, id);
	await reached(stage, id, 'accepted');
	output.progress(`- its recipient accepted notification ${id}`);
	const acceptance = await prove(stage, id, 'accept');
	sayEvidence(output, 'acceptance', acceptance);
	const told = await calledBack(stage, id, 'ACCEPTADA');
	sayCallback(output, told);
	return { id, state: 'accepted', ...mailSubject, evidences: [evidence, acceptance], callbacks: [callback, told] };
}

async function expiredLife(stage: Stage, output: Output, options: DemoOptions): Promise<PlayedLife> {
	const { id, mailSubject, evidence, callback } = await delivered(stage, output, options, 'Resolució que caduca');
	await stage.admin.send('POST', '/admin/v1/clock', { advance: 'P11D', settle: true, timeoutSeconds: options.patience });
	output.progress('- time was moved eleven days ahead');
	await reached(stage, id, 'expired');
	output.progress(`- notification ${id} expired, since nobody decided`);
	const expiry = await prove(stage, id, 'expire');
	sayEvidence(output, 'expiry', expiry);
	const told = await calledBack(stage, id, 'EXPIRADA');
	sayCallback(output, told);
	return { id, state: 'expired', ...mailSubject, evidences: [evidence, expiry], callbacks: [callback, told] };
}

/** From the request to the deposit: what every life begins with. */
async function delivered(stage: Stage, output: Output, { issuer, email }: DemoOptions, title: string) {
	const issuerReference = `demo-${Date.now().toString(36)}-${process.pid.toString(36)}`;
	const id = await create(stage, { issuer, title, issuerReference, expiryDays: 10, email });
	output.progress(`- ${issuer} created notification ${id} by SOAP`);
	const { depositedAt } = await reached(stage, id, 'deposited');
	output.progress(`- it was deposited at ${depositedAt ?? ''}`);
	const evidence = await prove(stage, id, 'deposit');
	sayEvidence(output, 'deposit', evidence);
	const mail = await mailed(stage, id);
	output.progress(
		mail ? `- this e-mail was sent:\n${indented(showMail(mail))}` : '- its recipient was told by e-mail, through the mail server',
	);
	const callback = await calledBack(stage, id, 'DIPOSITADA');
	sayCallback(output, callback);
	return { id, evidence, callback, mailSubject: mail ? { mailSubject: mail.subject } : {} };
}

function sayEvidence(output: Output, what: string, { file, level, provenTime, test }: CheckedEvidence): void {
	const worth = test ? ', by TEST certificates' : '';
	output.progress(`- the evidence of the ${what} is whole (XAdES ${level}, time proven ${provenTime}${worth}): ${file}`);
}

function sayCallback(output: Output, { state, at, evidenceSize }: ReceivedCallback): void {
	output.progress(`- the issuer was called back: ${state} at ${at}, with an evidence of ${evidenceSize} characters`);
}

function indented(text: string): string {
	return text
		.split('\n')
		.map((line) => `    ${line}`.trimEnd())
		.join('\n');
}
