import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, it } from 'vitest';
import { notPlainlyLocal } from './loopback.ts';

describe('a request over loopback', () => {
	it.each<IncomingHttpHeaders>([
		{ host: 'localhost' },
		{ host: 'LocalHost:8080' },
		{ host: '127.0.0.1:8080' },
		{ host: '127.8.9.10' },
		{ host: '[::1]' },
		{ host: '[::1]:8080' },
		{ host: '[::ffff:127.0.0.1]' },
		{ host: 'localhost:8080', origin: 'http://localhost:3000' },
		{ host: 'localhost:8080', origin: 'https://127.0.0.1' },
		{ host: 'localhost:8080', origin: 'http://[::1]:8080' },
		{ host: 'localhost:8080', 'sec-fetch-site': 'same-origin' },
		{ host: 'localhost:8080', 'sec-fetch-site': 'none' },
	])('%j is plainly local', (headers) => {
		expect(notPlainlyLocal(headers)).toBeUndefined();
	});

	it.each<[IncomingHttpHeaders, string]>([
		[{}, 'localhost'],
		[{ host: '' }, 'localhost'],
		[{ host: 'evil.example:8080' }, 'localhost'],
		[{ host: 'localhost.evil.example' }, 'localhost'],
		[{ host: '127.0.0.1.evil.example' }, 'localhost'],
		[{ host: '127.0.0.1.nip.io:8080' }, 'localhost'],
		[{ host: '127.1' }, 'localhost'],
		[{ host: '0.0.0.0' }, 'localhost'],
		[{ host: '10.0.0.1:8080' }, 'localhost'],
		[{ host: '[::2]' }, 'localhost'],
		[{ host: '::1' }, 'localhost'],
		[{ host: 'localhost:8080:9' }, 'localhost'],
		[{ host: 'evil@localhost' }, 'localhost'],
		[{ host: 'localhost', origin: 'https://evil.example' }, 'sites'],
		[{ host: 'localhost', origin: 'null' }, 'sites'],
		[{ host: 'localhost', origin: '' }, 'sites'],
		[{ host: 'localhost', origin: 'http://localhost@evil.example' }, 'sites'],
		[{ host: 'localhost', origin: 'http://localhost.evil.example' }, 'sites'],
		[{ host: 'localhost', origin: 'chrome-extension://localhost' }, 'sites'],
		[{ host: 'localhost', 'sec-fetch-site': 'cross-site' }, 'sites'],
		[{ host: 'localhost', forwarded: 'for=192.0.2.1' }, 'proxy'],
		[{ host: 'localhost', via: '1.1 proxy' }, 'proxy'],
		[{ host: 'localhost', 'x-real-ip': '192.0.2.1' }, 'proxy'],
		[{ host: 'localhost', 'x-forwarded-for': '' }, 'proxy'],
		[{ host: 'localhost', 'x-forwarded-proto': 'https' }, 'proxy'],
	])('%j is not', (headers, why) => {
		expect(notPlainlyLocal(headers)).toContain(why);
	});
});
