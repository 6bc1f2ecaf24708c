import { BlockList, isIP } from 'node:net';

/** RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3; an IPv4 address mapped into IPv6 is judged as itself. */
const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether an IP address, however it is written, reaches this machine only; no name does. */
export function isLoopbackAddress(address: string | undefined): boolean {
	const version = isIP(address ?? '');
	return address !== undefined && version !== 0 && loopback.check(address, version === 4 ? 'ipv4' : 'ipv6');
}

/**
 * Whether a host reaches this machine only: `localhost`, or a loopback address, with or without the brackets that a URL or a Host header puts around
 * IPv6. Without a port. Nothing is resolved: another name may mean any machine.
 */
export function isLoopbackHost(host: string): boolean {
	const [, inBrackets] = /^\[([^\]]*)\]$/.exec(host) ?? [];
	if (inBrackets !== undefined) return isIP(inBrackets) === 6 && isLoopbackAddress(inBrackets);
	return host.toLowerCase() === 'localhost' || isLoopbackAddress(host);
}
