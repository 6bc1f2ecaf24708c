import ipaddr from 'ipaddr.js';

/** A network in CIDR notation, parsed. */
export type Network = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

/** What callbacks may reach. */
export interface Reach {
	/** Networks that are allowed although they are not public. */
	readonly networks: readonly Network[];
	/** Whether plain http may go to public addresses. */
	readonly allowHttp: boolean;
	/** Empty: any. */
	readonly ports: readonly number[];
}

/** @throws RangeError for what is no network in CIDR notation */
export function networkOf(cidr: string): Network {
	if (!ipaddr.isValidCIDR(cidr)) throw new RangeError(`not a network in CIDR notation: ${cidr}`);
	return ipaddr.parseCIDR(cidr);
}

/** Public addresses that answer to the machines of a cloud only: they give away credentials. */
const cloudServices: readonly Network[] = [networkOf('168.63.129.16/32')];

/** All that is routed on the public Internet (RFC 4291 section 2.4); the rest of IPv6 is special or not assigned. */
const publicV6 = networkOf('2000::/3');

/** Whether an address lies in one of the networks. */
export function isWithin(address: string, networks: readonly Network[]): boolean {
	const parsed = parsedOf(address);
	return parsed !== undefined && networks.some((network) => inside(parsed, network));
}

/**
 * Whether an address is a public one: not private, loopback, link-local, multicast, carrier-grade NAT, unique local, reserved or of a transition
 * mechanism that would reach such a one. An IPv4 address inside an IPv6 one is judged as itself. What cannot be read is not public.
 */
export function isPublic(address: string): boolean {
	const parsed = parsedOf(address);
	if (parsed === undefined || parsed.range() !== 'unicast') return false;
	if (parsed.kind() === 'ipv6' && !inside(parsed, publicV6)) return false;
	return !cloudServices.some((network) => inside(parsed, network));
}

/** Whether a callback may go to an address by this protocol (`http:` or `https:`). */
export function mayReach(address: string, protocol: string, { networks, allowHttp }: Reach): boolean {
	if (isWithin(address, networks)) return true;
	return isPublic(address) && (protocol === 'https:' || allowHttp);
}

function inside(address: ipaddr.IPv4 | ipaddr.IPv6, [network, bits]: Network): boolean {
	return address.kind() === network.kind() && address.match(network, bits);
}

/** A scope (`fe80::1%eth0`) says on which link, not what kind of address it is. */
function parsedOf(address: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
	const plain = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
	return ipaddr.IPv4.isValidFourPartDecimal(plain) || ipaddr.IPv6.isValid(plain) ? ipaddr.process(plain) : undefined;
}
