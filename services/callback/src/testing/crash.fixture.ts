// A callback service in a process of its own, to be killed. Told by arguments: its folder, and the URL that it calls back to.

import type { CallbackServiceDefinition } from '@fefaent/contracts/callback';
import { State } from '@fefaent/contracts/notification';
import { openEmbeddedBus } from '@fefaent/event-bus';
import { SandboxClock } from '@fefaent/kernel';
import { inProcessClient, type RpcBinding, readConfig, silentLogger } from '@fefaent/service-kit';
import { callbackConfig } from '../config.ts';
import { openSecretsKeys } from '../secrets/keys.ts';
import { createCallbackService } from '../service.ts';
import { openSqliteCallbackStore } from '../store/sqlite.ts';
import { changed, endpoint, noon } from './fixtures.ts';
import { messageOf, testEnv } from './harness.ts';
import { neighbours } from './sources.ts';

const [, , folder = '', url = ''] = process.argv;
const clock = new SandboxClock();
const bus = openEmbeddedBus({ path: `${folder}/bus.db`, clock, retentionMs: 86_400_000 });
const { notifications, evidences } = neighbours();
const service = createCallbackService({
	config: readConfig(callbackConfig, testEnv),
	clock,
	logger: silentLogger,
	store: openSqliteCallbackStore({ path: `${folder}/callback.db` }),
	bus,
	notifications,
	evidences,
	ownerId: 'only',
	secretsKeys: await openSecretsKeys({ file: `${folder}/secrets.key` }),
});
await service.start();
const client = inProcessClient(service.rpc[0] as RpcBinding<typeof CallbackServiceDefinition>, { caller: 'test' });
// The same from start to start: what was done already has no second effect.
if ((await client.listEndpoints({ issuerCode: 'DEMO', limit: 1 })).endpoints.length === 0) {
	await client.putEndpoint({ endpoint: endpoint({ url }), secrets: undefined });
}
const events = [1, 2, 3].flatMap((id) =>
	[State.DEPOSITED, State.ACCEPTED].map((state) => changed(id, state, noon, { id: `00000000-0000-7000-8000-${id}${state.length}` })),
);
await bus.publish(events.map(messageOf));
for (let rest = 0; rest < 20; ) {
	await new Promise((resolve) => setTimeout(resolve, 10));
	const [lag] = (await bus.lag()).filter(({ group }) => group === 'callback');
	const atRest = lag?.pending === 0 && (await service.backlog()) === 0;
	rest = atRest ? rest + 1 : 0;
	// What failed waits for minutes: time is moved on to its next attempt.
	if (atRest) clock.advance(120_000);
}
const { deliveries } = await client.listDeliveries({
	notificationIds: [],
	endpointId: '',
	state: 'DELIVERY_STATE_UNSPECIFIED',
	limit: 100,
});
process.stdout.write(
	`at rest ${JSON.stringify(deliveries.map(({ id, notificationId, toldState, state }) => [id, notificationId, toldState, state]))}\n`,
);
await service.stop();
await bus.close();
