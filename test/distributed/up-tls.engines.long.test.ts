// The command as an operator uses it: everything up over mutual TLS, and the demo succeeds.
import { statSync } from 'node:fs';
import { childService, temporaryFolder } from '@fefaent/testing';
import { expect, it } from 'vitest';
import { commandFile as file, startUp } from './up.ts';

it('fefaent up --tls makes certificates, and the demo succeeds over them', async () => {
	await using folder = temporaryFolder();
	await using up = await startUp(folder, { args: ['--tls'] });
	const demo = await childService({ file, args: ['--admin', up.adminUrl, 'demo'], env: up.env, cwd: folder.path });
	expect(await demo.waitExit(90_000), demo.output()).toEqual({ code: 0, signal: null });
	expect(up.child.output()).not.toMatch(/a call was refused|neither encrypted/);
	expect(statSync(folder.join('data', 'services-tls', 'notification', 'key.pem')).mode & 0o077).toBe(0);
	up.child.kill('SIGTERM');
	expect((await up.child.waitExit(60_000)).code).toBe(0);
});
