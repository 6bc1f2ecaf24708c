import type { Logger } from '../../logs/logger.ts';
import { failCall } from '../errors.ts';
import { readMaterial, sameMaterial, type TlsMaterial } from './material.ts';

/** How a folder of certificates is followed. */
export interface TlsFolderOptions {
	/** The folder, with `ca.pem`, `cert.pem` and `key.pem`. */
	readonly path: string;
	/** The service whose certificate must be in it: the name that its peers check. */
	readonly name: string;
	/** How often the files are looked at, real time in milliseconds; default 5000. */
	readonly everyMs?: number;
	readonly logger: Logger;
}

/** The certificates of a process, as they are now. */
export interface TlsFolder {
	readonly material: TlsMaterial;
	/** Has `listener` told of each change. Answers how to end that. */
	follow(listener: () => void): () => void;
	/** Looks no more. */
	close(): void;
}

/**
 * Opens a folder of certificates, and follows it: connections made after a change are made with what is there then, those that are open stay. A change is
 * taken over when two looks in a row find the same whole set (files are replaced one after the other, and a half-written one may happen to be
 * readable); until then, and while the folder is broken, what was there before stays in use.
 * @throws DomainError TLS_FOLDER_UNUSABLE when what is there at first cannot be used
 */
export async function openTlsFolder({ path, name, everyMs = 5_000, logger }: TlsFolderOptions): Promise<TlsFolder> {
	const read = () => readMaterial(path, name);
	let material = await read().catch((error: unknown) => {
		throw failCall('TLS_FOLDER_UNUSABLE', { path, why: reasonOf(error) }, { cause: error });
	});
	if (material.validTo.getTime() < Date.now()) logger.error({ path, validTo: material.validTo }, 'the certificate is out of date');
	const listeners = new Set<() => void>();
	let seen: TlsMaterial | undefined;
	let trouble: string | undefined;

	const look = async (): Promise<void> => {
		const next = await read();
		if (sameMaterial(next, material)) seen = undefined;
		else if (seen === undefined || !sameMaterial(next, seen)) seen = next;
		else {
			material = next;
			seen = undefined;
			for (const listener of listeners) listener();
			logger.info({ path, validTo: material.validTo }, 'certificates have changed: new connections are made with the new ones');
		}
		trouble = undefined;
	};
	const looked = (error: unknown): void => {
		const why = reasonOf(error);
		if (why !== trouble) logger.warn({ path, why }, 'certificates cannot be read anew: those from before stay in use');
		trouble = why;
		seen = undefined;
	};
	let closed = false;
	let timer: NodeJS.Timeout;
	const again = () => {
		timer = setTimeout(
			() =>
				void look()
					.catch(looked)
					.finally(() => closed || again()),
			everyMs,
		).unref();
	};
	again();
	return {
		get material() {
			return material;
		},
		follow: (listener) => {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		close: () => {
			closed = true;
			clearTimeout(timer);
			listeners.clear();
		},
	};
}

function reasonOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
