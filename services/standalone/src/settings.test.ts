import { expect, test } from 'vitest';
import { readSettings, withQuickstart } from './settings.ts';

/** What the sandbox opens under an environment. */
function opened(env: Record<string, string>) {
	const { gateway, callback } = readSettings(withQuickstart(env));
	return { withoutKey: gateway.FEFAENT_OPEN_LOOPBACK, callbacks: (callback.FEFAENT_CALLBACK_ALLOWED_NETWORKS ?? []).length > 0 };
}

test.each<[Record<string, string>, boolean, boolean]>([
	[{}, true, true],
	[{ FEFAENT_HOST: '' }, true, true],
	[{ FEFAENT_HOST: '127.0.0.1' }, true, true],
	[{ FEFAENT_HOST: '127.0.0.2' }, true, true],
	[{ FEFAENT_HOST: '::1' }, true, true],
	[{ FEFAENT_HOST: 'localhost' }, true, true],
	[{ FEFAENT_HOST: '0.0.0.0' }, false, true],
	[{ FEFAENT_HOST: '::' }, false, true],
	[{ FEFAENT_HOST: '192.168.1.10' }, false, true],
	[{ FEFAENT_HOST: 'localhost.example' }, false, true],
	[{ FEFAENT_HOST: '0.0.0.0', FEFAENT_OPEN_LOOPBACK: 'true' }, true, true],
	[{ FEFAENT_OPEN_LOOPBACK: 'false' }, false, true],
	[{ FEFAENT_SANDBOX: 'false' }, false, false],
])('%j lets callers in without a key: %s, callbacks go to loopback: %s', (env, withoutKey, callbacks) => {
	expect(opened(env)).toEqual({ withoutKey, callbacks });
});
