import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLoopbackAddress, isLoopbackHost } from './loopback.ts';

const addresses = [
	'127.0.0.1',
	'127.0.0.0',
	'127.8.9.10',
	'127.255.255.255',
	'::1',
	'0:0:0:0:0:0:0:1',
	'::ffff:127.0.0.1',
	'::FFFF:127.8.9.10',
	'::ffff:7f00:1',
	'0:0:0:0:0:ffff:127.0.0.1',
	'::1%lo',
];
const others = [
	'10.0.0.1',
	'126.255.255.255',
	'128.0.0.0',
	'0.0.0.0',
	'127.1',
	'127.evil',
	'127.0.0.1.evil.example',
	'127.0.0.1:80',
	'::',
	'::2',
	'::127.0.0.1',
	'::ffff:10.0.0.1',
	'::ffff:128.0.0.1',
	'fe80::1%eth0',
	'',
];

describe('isLoopbackAddress', () => {
	it.each(addresses)('%s', (address) => {
		expect(isLoopbackAddress(address)).toBe(true);
	});

	it.each([...others, 'localhost', '[::1]', undefined])('not %s', (address) => {
		expect(isLoopbackAddress(address)).toBe(false);
	});

	it('all of 127.0.0.0/8 and nothing else of IPv4, mapped into IPv6 too', () => {
		fc.assert(
			fc.property(fc.oneof(fc.constant(127), fc.nat(255)), fc.nat(255), fc.nat(255), fc.nat(255), (a, b, c, d) => {
				const plain = [a, b, c, d].join('.');
				const hex = (high: number, low: number) => ((high << 8) | low).toString(16);
				for (const address of [plain, `::ffff:${plain}`, `::ffff:${hex(a, b)}:${hex(c, d)}`])
					expect(isLoopbackAddress(address)).toBe(a === 127);
			}),
		);
	});
});

describe('isLoopbackHost', () => {
	it.each(['localhost', 'LocalHost', '[::1]', '[::ffff:127.0.0.1]', ...addresses])('%s', (host) => {
		expect(isLoopbackHost(host)).toBe(true);
	});

	it.each([...others, 'localhost.evil.example', 'localhost:80', '[::2]', '[127.0.0.1]', '[::1', '[localhost]', '[]'])('not %s', (host) => {
		expect(isLoopbackHost(host)).toBe(false);
	});
});
