import { setTimeout as delay } from 'node:timers/promises';
import type { AdminClient } from '../client.ts';
import { CommandFailure } from '../failure.ts';
import type { SoapCaller } from './soap.ts';

const betweenMs = 250;

/** How failures that pass are met. */
export interface Patience {
	/** How long they may last, in seconds. */
	readonly seconds: number;
	/** Told once for each call that has to be made again. */
	readonly say: (line: string) => void;
}

/**
 * Does something again as long as it fails of what passes by itself: a service that is being started again, say. It must be something that may be done twice:
 * what failed may have been done.
 * @throws CommandFailure the last one, when it lasts longer or will not pass
 */
export async function patiently<T>({ seconds, say }: Patience, act: () => Promise<T>): Promise<T> {
	const ends = performance.now() + seconds * 1000;
	for (let failures = 0; ; failures++) {
		try {
			return await act();
		} catch (error) {
			if (!(error instanceof CommandFailure) || !error.passing || performance.now() > ends) throw error;
			if (failures === 0) say(`- ${error.message}: trying again`);
		}
		await delay(betweenMs);
	}
}

/** An admin client that waits for a service that is away. For what may be asked twice. */
export function patientAdmin(admin: AdminClient, patience: Patience): AdminClient {
	return {
		url: admin.url,
		get: (path, query) => patiently(patience, () => admin.get(path, query)),
		send: (method, path, body, query) => patiently(patience, () => admin.send(method, path, body, query)),
		file: (path) => patiently(patience, () => admin.file(path)),
	};
}

/** A SOAP caller that waits for a service that is away. For requests that may be made twice: all are, where creations have an id of the issuer's own. */
export function patientSoap(soap: SoapCaller, patience: Patience): SoapCaller {
	return { call: (request) => patiently(patience, () => soap.call(request)), reach: () => soap.reach() };
}
