import { describe, expect, it } from 'vitest';
import { defineConfig, readConfig } from './config.ts';
import { renderConfigText } from './render.ts';
import { setting } from './setting.ts';

const schema = defineConfig({
	FEFAENT_NETWORKS: setting.networks({ default: [], doc: 'Networks.' }),
	FEFAENT_PORTS: setting.ports({ default: [443], doc: 'Ports.' }),
});

describe('networks and ports', () => {
	it('are read one by one, and written as they were', () => {
		expect(readConfig(schema, {})).toEqual({ FEFAENT_NETWORKS: [], FEFAENT_PORTS: [443] });
		const read = readConfig(schema, { FEFAENT_NETWORKS: '10.0.0.0/8, ::1/128,2001:db8::/32,0.0.0.0/0', FEFAENT_PORTS: '1, 8443,65535' });
		expect(read.FEFAENT_NETWORKS).toEqual(['10.0.0.0/8', '::1/128', '2001:db8::/32', '0.0.0.0/0']);
		expect(read.FEFAENT_PORTS).toEqual([1, 8443, 65_535]);
		expect(renderConfigText(read)).toBe('FEFAENT_NETWORKS=10.0.0.0/8,::1/128,2001:db8::/32,0.0.0.0/0\nFEFAENT_PORTS=1,8443,65535');
	});

	it.each([
		['FEFAENT_NETWORKS', '10.0.0.0'],
		['FEFAENT_NETWORKS', '10.0.0.0/33'],
		['FEFAENT_NETWORKS', '10.0.0/8'],
		['FEFAENT_NETWORKS', '10.0.0.0/08'],
		['FEFAENT_NETWORKS', '10.0.0.0/8,'],
		['FEFAENT_NETWORKS', '10.0.0.0/8,intranet'],
		['FEFAENT_NETWORKS', '::1/129'],
		['FEFAENT_NETWORKS', 'fe80::1%eth0/64'],
		['FEFAENT_PORTS', '0'],
		['FEFAENT_PORTS', '65536'],
		['FEFAENT_PORTS', '443,https'],
		['FEFAENT_PORTS', '80-90'],
		['FEFAENT_PORTS', '80,'],
	])('refuse %s=%s by name', (name, value) => {
		expect(() => readConfig(schema, { [name]: value })).toThrow(`${name} is "${value}": expected `);
	});

	it('refuse a wrong default where it is written', () => {
		expect(() => setting.networks({ default: ['10.0.0.0'], doc: 'x' })).toThrow(TypeError);
		expect(() => setting.ports({ default: [0], doc: 'x' })).toThrow(TypeError);
	});
});
