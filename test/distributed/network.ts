// A network between the processes of an installation and what they reach, of proxies, one for each link.
import { type NetworkFault, startTcpProxy, type TcpProxy } from '@fefaent/testing';
import type { PlannedProcess } from '../../services/standalone/src/command/up/plan.ts';

/** The links of an installation: `state-engine > evidence`, `callback > MongoDB`, and `all > Kafka`, which tells its clients one address. */
export interface Network extends AsyncDisposable {
	/** What a process is told so that its links lead through the network. */
	routesOf(process: PlannedProcess): Promise<Readonly<Record<string, string>>>;
	/** The links there are. */
	links(): readonly string[];
	/** Has the links that match fail; undefined: no more. @throws Error when none does */
	fail(links: RegExp, fault: NetworkFault | undefined): void;
}

/** Settings that say where a service is. */
const addressSetting = /^FEFAENT_([A-Z_]+)_ADDRESS$/;

/** @param kafka the proxy before Kafka, at the address that Kafka tells its clients */
export function openNetwork(kafka: TcpProxy): Network {
	const proxies = new Map<string, Promise<TcpProxy>>();
	const opened = new Map<string, TcpProxy>([['all > Kafka', kafka]]);
	const portOf = async (link: string, target: number): Promise<number> => {
		let proxy = proxies.get(link);
		if (!proxy) {
			proxy = startTcpProxy(target);
			proxies.set(link, proxy);
			opened.set(link, await proxy);
		}
		return (await proxy).port;
	};
	return {
		routesOf: async ({ name, env }) => {
			const told: Record<string, string> = {};
			for (const [setting, value] of Object.entries(env)) {
				const service = addressSetting.exec(setting)?.[1]?.toLowerCase().replace('_', '-');
				if (service === undefined || service === name) continue;
				told[setting] = `ipv4:127.0.0.1:${await portOf(`${name} > ${service}`, Number(value.split(':').at(-1)))}`;
			}
			const mongo = new URL(env.FEFAENT_MONGO_URL ?? '');
			mongo.port = String(await portOf(`${name} > MongoDB`, Number(mongo.port)));
			// A client that is told the set's own addresses would go there by itself.
			mongo.searchParams.set('directConnection', 'true');
			told.FEFAENT_MONGO_URL = mongo.href;
			return told;
		},
		links: () => [...opened.keys()].sort(),
		fail: (links, fault) => {
			const hit = [...opened].filter(([link]) => links.test(link));
			if (hit.length === 0) throw new Error(`no link matches ${links}: ${[...opened.keys()].join(', ')}`);
			for (const [, proxy] of hit) proxy.fail(fault);
		},
		[Symbol.asyncDispose]: async () => {
			await Promise.all([...opened.values()].map((proxy) => proxy[Symbol.asyncDispose]()));
		},
	};
}
