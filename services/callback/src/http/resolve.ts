import { lookup, Resolver } from 'node:dns/promises';

/** An address of a host. */
export interface HostAddress {
	readonly address: string;
	readonly family: 4 | 6;
}

/** Finds all addresses of a host name. Rejects when it has none. */
export type Resolve = (host: string) => Promise<readonly HostAddress[]>;

const loopback: readonly HostAddress[] = [
	{ address: '127.0.0.1', family: 4 },
	{ address: '::1', family: 6 },
];

/**
 * Asks the name servers by sockets of our own. The system's own look-up blocks one of the few threads that files and signatures need too, for as long as a
 * dead name server takes, so it is asked only for names that the name servers answer at once not to know (the hosts file, search domains).
 */
export function systemResolve(timeoutMs: number): Resolve {
	const resolver = new Resolver({ timeout: Math.max(10, Math.round(timeoutMs / 2)), tries: 2 });
	return async (host) => {
		const name = host.replace(/\.$/, '').toLowerCase();
		// Never sent to a name server (RFC 6761 section 6.3).
		if (name === 'localhost' || name.endsWith('.localhost')) return loopback;
		const [v4, v6] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
		const found = [...addresses(v4, 4), ...addresses(v6, 6)];
		if (found.length > 0) return found;
		if ([v4, v6].some((one) => one.status === 'rejected' && isTimeout(one.reason))) throw new Error('the name servers do not answer');
		return (await lookup(host, { all: true })).map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
	};
}

function addresses(found: PromiseSettledResult<readonly string[]>, family: 4 | 6): HostAddress[] {
	return found.status === 'fulfilled' ? found.value.map((address) => ({ address, family })) : [];
}

function isTimeout(error: unknown): boolean {
	return ['ETIMEOUT', 'ECANCELLED', 'ESERVFAIL'].includes((error as NodeJS.ErrnoException | undefined)?.code ?? '');
}
