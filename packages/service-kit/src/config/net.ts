import { isIP } from 'node:net';

/** Whether a text is a network in CIDR notation (RFC 4632, RFC 4291 section 2.3), such as 10.0.0.0/8 or 2001:db8::/32. */
export function isNetwork(text: string): boolean {
	const [, address = '', bits = ''] = /^([0-9A-Fa-f:.]+)\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
	const version = isIP(address);
	return version !== 0 && Number(bits) <= (version === 4 ? 32 : 128);
}

/** Reads a TCP port that something can be sent to. @returns undefined for what is none */
export function portOf(text: string): number | undefined {
	const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
	return port >= 1 && port <= 65_535 ? port : undefined;
}
