import { parentPort, workerData } from 'node:worker_threads';
import { DomainError } from '@fefaent/kernel';
import type { XadesSigner } from '@fefaent/xml';
import { evidenceError } from '../errors.ts';
import type { OpenSigner } from '../keys/port.ts';
import { openAuthority } from '../timestamps/open.ts';
import { packed, type SealingAnswer, type SealingFailure, type SealingJob, type SealingSetup } from './protocol.ts';
import { type Sealer, sealAll } from './seal.ts';

/** The thread that seals: opens key and authority once, then answers a batch with a batch. */
const setup = workerData as SealingSetup;
const port = parentPort;
if (!port) throw new Error('this module is the entry of a thread');

let aheadMs = 0;
let opening: Promise<Sealer> | undefined;

port.on('message', (job: SealingJob) => {
	// The environment's time may be moved; it comes with each batch.
	aheadMs = job.at - Date.now();
	answer(job).then((result) => port.postMessage(result, result.batch ? [result.batch.xml.buffer as ArrayBuffer] : []));
});

async function answer({ id, at, documents }: SealingJob): Promise<SealingAnswer> {
	try {
		const outcomes = await sealAll(await opened(), documents, new Date(at));
		return { id, batch: packed(outcomes.map((one) => (one instanceof DomainError ? failureOf(one) : one))) };
	} catch (error) {
		return { id, failure: failureOf(error) };
	}
}

/** A key that did not open, such as a token that is not plugged in, is tried anew with the next batch. */
function opened(): Promise<Sealer> {
	opening ??= open().catch((error: unknown) => {
		opening = undefined;
		throw error;
	});
	return opening;
}

async function open(): Promise<Sealer> {
	const signer = await openSigner().catch((error: unknown) => {
		throw error instanceof DomainError ? error : evidenceError('SIGNER_UNAVAILABLE', {}, { cause: error });
	});
	return { signer, authority: await openAuthority(setup.authority, () => new Date(Date.now() + aheadMs)) };
}

async function openSigner(): Promise<XadesSigner> {
	const module = (await import(setup.signer.module)) as { readonly openSigner: OpenSigner };
	return module.openSigner(setup.signer);
}

function failureOf(error: unknown): SealingFailure {
	if (!(error instanceof DomainError)) return { reason: 'SEALING_FAILED', details: {}, cause: nameOf(error) };
	return { reason: error.reason, details: error.details, cause: nameOf(error.cause) };
}

/** What went wrong, without messages: they might quote a document. */
function nameOf(error: unknown): string {
	const code = error instanceof Error && 'code' in error ? ` ${String(error.code)}` : '';
	return error instanceof Error ? `${error.name}${code}` : typeof error;
}
