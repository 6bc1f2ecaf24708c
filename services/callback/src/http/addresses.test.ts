import { setting } from '@fefaent/service-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPublic, mayReach, networkOf } from './addresses.ts';

test.each([
	// Public.
	['93.184.216.34', true],
	['8.8.8.8', true],
	['2606:4700:4700::1111', true],
	['::ffff:8.8.8.8', true],
	// Loopback, private, link-local, shared.
	['127.0.0.1', false],
	['127.255.255.254', false],
	['0.0.0.0', false],
	['10.1.2.3', false],
	['172.16.0.1', false],
	['172.31.255.255', false],
	['192.168.1.1', false],
	['169.254.169.254', false],
	['100.64.0.1', false],
	['100.100.100.200', false],
	['168.63.129.16', false],
	// Multicast, broadcast, reserved, documentation, benchmarks.
	['224.0.0.1', false],
	['255.255.255.255', false],
	['240.0.0.1', false],
	['192.0.0.192', false],
	['192.0.2.1', false],
	['198.18.0.1', false],
	['198.51.100.1', false],
	['203.0.113.1', false],
	// IPv6 of the same kinds.
	['::', false],
	['::1', false],
	['fe80::1', false],
	['fe80::1%eth0', false],
	['fc00::1', false],
	['fd00:ec2::254', false],
	['fec0::1', false],
	['ff02::1', false],
	['2001:db8::1', false],
	// IPv4 inside IPv6, in every clothing.
	['::ffff:127.0.0.1', false],
	['::ffff:a9fe:a9fe', false],
	['::127.0.0.1', false],
	['64:ff9b::7f00:1', false],
	['64:ff9b:1::7f00:1', false],
	['2002:7f00:1::', false],
	['2001::7f00:1', false],
	['[::1]', false],
	// No addresses.
	['', false],
	['localhost', false],
	['2130706433', false],
	['0x7f.1', false],
	['127.1', false],
])('%s is public: %s', (address, expected) => {
	expect(isPublic(address)).toBe(expected);
});

test('what is not public is reached in allowed networks only, and plain http goes there or by permission', () => {
	const closed = { networks: [networkOf('10.0.0.0/8'), networkOf('::1/128')], allowHttp: false, ports: [] };
	expect(mayReach('10.9.9.9', 'http:', closed)).toBe(true);
	expect(mayReach('::ffff:10.9.9.9', 'https:', closed)).toBe(true);
	expect(mayReach('::1', 'https:', closed)).toBe(true);
	expect(mayReach('192.168.1.1', 'https:', closed)).toBe(false);
	expect(mayReach('8.8.8.8', 'https:', closed)).toBe(true);
	expect(mayReach('8.8.8.8', 'http:', closed)).toBe(false);
	expect(mayReach('8.8.8.8', 'http:', { ...closed, allowHttp: true })).toBe(true);
	expect(() => networkOf('10.0.0.0')).toThrow(RangeError);
});

test('every network that the settings take can be read', () => {
	const { parse } = setting.networks({ default: [], doc: 'Networks.' });
	const address = fc.oneof(fc.ipV4(), fc.ipV6());
	fc.assert(
		fc.property(address, fc.nat(130), (one, bits) => {
			const cidr = `${one}/${bits}`;
			const taken = parse(cidr) !== undefined;
			expect(taken).toBe(bits <= (one.includes(':') ? 128 : 32));
			if (taken) networkOf(cidr);
		}),
	);
});
