import { writeFileSync } from 'node:fs';
import { type Env, readConfig } from '@fefaent/service-kit';
import { temporaryFolder } from '@fefaent/testing';
import { describe, expect, it } from 'vitest';
import { processConfig } from './config.ts';
import { kafkaSecurityOf, mongoUrlOf } from './engines.ts';

const mongo = (env: Env) => mongoUrlOf(readConfig(processConfig, env));
const kafka = (env: Env) => kafkaSecurityOf(readConfig(processConfig, env));

describe('where MongoDB is', () => {
	const several = 'mongodb://me@a.example:27017,b.example:27018,[::1]:27019/?replicaSet=rs0';

	it('may name every member of the replica set', () => {
		expect(mongo({ FEFAENT_MONGO_URL: several })).toBe(several);
		for (const wrong of ['mongodb://a:99999999,b', 'http://a,b:1/', 'mongodb://a:1,b:x/'])
			expect(() => mongo({ FEFAENT_MONGO_URL: wrong })).toThrow('FEFAENT_MONGO_URL');
	});

	it('takes the password from a file, whatever is in it', async () => {
		await using folder = temporaryFolder();
		writeFileSync(folder.join('password'), 'p@ss/w$&rd:%\n');
		const set = { FEFAENT_MONGO_URL: several, FEFAENT_MONGO_PASSWORD_FILE: folder.join('password') };
		expect(mongo(set)).toBe(several.replace('me@', () => 'me:p%40ss%2Fw%24%26rd%3A%25@'));
		expect(mongo({ ...set, FEFAENT_MONGO_URL: 'mongodb+srv://me:other@a.example/?tls=true' })).toContain('me:p%40ss');
		expect(() => mongo({ ...set, FEFAENT_MONGO_URL: 'mongodb://a.example/' })).toThrow('names the user');
		expect(() => mongo({ ...set, FEFAENT_MONGO_PASSWORD_FILE: folder.join('absent') })).toThrow('ENOENT');
	});
});

describe('how brokers are reached', () => {
	it('is in the clear unless it is told otherwise', () => expect(kafka({})).toEqual({}));

	it('takes certificates and a password from files', async () => {
		await using folder = temporaryFolder();
		for (const name of ['ca', 'cert', 'key', 'password']) writeFileSync(folder.join(name), `${name}\n`);
		expect(
			kafka({
				FEFAENT_KAFKA_TLS: 'true',
				FEFAENT_KAFKA_TLS_CA_FILE: folder.join('ca'),
				FEFAENT_KAFKA_TLS_CERT_FILE: folder.join('cert'),
				FEFAENT_KAFKA_TLS_KEY_FILE: folder.join('key'),
				FEFAENT_KAFKA_SASL_MECHANISM: 'scram-sha-512',
				FEFAENT_KAFKA_SASL_USERNAME: 'me',
				FEFAENT_KAFKA_SASL_PASSWORD_FILE: folder.join('password'),
			}),
		).toEqual({
			ssl: { ca: folder.join('ca'), cert: folder.join('cert'), key: folder.join('key') },
			sasl: { mechanism: 'scram-sha-512', username: 'me', password: 'password' },
		});
	});

	it.each<[Env, string]>([
		[{ FEFAENT_KAFKA_TLS: 'true', FEFAENT_KAFKA_TLS_CERT_FILE: '/dev/null' }, 'FEFAENT_KAFKA_TLS_KEY_FILE'],
		[{ FEFAENT_KAFKA_TLS_CA_FILE: '/dev/null' }, 'FEFAENT_KAFKA_TLS is "false"'],
		[{ FEFAENT_KAFKA_SASL_MECHANISM: 'plain' }, 'FEFAENT_KAFKA_SASL_USERNAME'],
		[{ FEFAENT_KAFKA_SASL_MECHANISM: 'plain', FEFAENT_KAFKA_SASL_USERNAME: 'me' }, 'FEFAENT_KAFKA_SASL_PASSWORD'],
		[{ FEFAENT_KAFKA_TLS: 'true', FEFAENT_KAFKA_TLS_CA_FILE: '/nowhere/ca.pem' }, '/nowhere/ca.pem'],
	])('says which setting %j lacks', (env, told) => expect(() => kafka(env)).toThrow(told));
});
