import { isIP, type LookupFunction } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { buildConnector } from 'undici';
import type { FailureName } from '../domain/failures.ts';
import { mayReach, type Reach } from './addresses.ts';
import type { Resolve } from './resolve.ts';

/** Raised before anything is sent, with the failure that it is in the log. */
export class NotReached extends Error {
	override readonly name = 'NotReached';
	readonly failure: FailureName;

	constructor(failure: FailureName, options?: ErrorOptions) {
		super(`not reached: ${failure}`, options);
		this.failure = failure;
	}
}

/** What connections are made with. */
export interface ConnectorOptions {
	readonly reach: Reach;
	readonly resolve: Resolve;
	readonly timeoutMs: number;
	/** For https. */
	readonly secureContext: SecureContext | undefined;
}

/**
 * Connects only to addresses that may be reached. The addresses that were checked are the ones connected to, so a name that resolves to something else a
 * moment later (DNS rebinding) gains nothing; a name with even one forbidden address is not called at all.
 */
export function guardedConnector(build: typeof buildConnector, options: ConnectorOptions): buildConnector.connector {
	const { reach, resolve, timeoutMs, secureContext } = options;
	const connectorFor = (protocol: string) =>
		build({
			timeout: timeoutMs,
			// HTTP/1.1: one request is one exchange, and every receiver speaks it.
			allowH2: false,
			lookup: guardedLookup(protocol, reach, resolve),
			...(secureContext && { secureContext }),
			rejectUnauthorized: true,
			minVersion: 'TLSv1.2',
		});
	const http = connectorFor('http:');
	const https = connectorFor('https:');
	return (target, callback) => {
		const host = target.hostname.replace(/^\[|\]$/g, '');
		// An address in the URL itself is never looked up.
		if (isIP(host) !== 0 && !mayReach(host, target.protocol, reach)) {
			callback(new NotReached('ADDRESS_FORBIDDEN'), null);
			return;
		}
		(target.protocol === 'https:' ? https : http)(target, callback);
	};
}

function guardedLookup(protocol: string, reach: Reach, resolve: Resolve): LookupFunction {
	return (host, options, callback) => {
		resolve(host)
			.catch((error: unknown) => {
				throw new NotReached('NAME_UNRESOLVED', { cause: error });
			})
			.then((addresses) => {
				if (addresses.length === 0) throw new NotReached('NAME_UNRESOLVED');
				if (!addresses.every(({ address }) => mayReach(address, protocol, reach))) throw new NotReached('ADDRESS_FORBIDDEN');
				return addresses;
			})
			.then(
				(addresses) => {
					const [first] = addresses;
					if (options.all === true) callback(null, [...addresses]);
					else callback(null, first?.address ?? '', first?.family);
				},
				(error: Error) => callback(error, '', 0),
			);
	};
}
