import { processConfig, runService } from '@fefaent/process';
import { combineReports, urlHost } from '@fefaent/service-kit';
import { adminConfig } from './admin/config.ts';
import { createAdminService } from './admin/service.ts';
import { gatewayConfig } from './config.ts';
import { openMongoGatewayStore } from './directory/mongo/store.ts';
import { createGatewayService } from './service.ts';

const url = (host: string, port: number) => `http://${urlHost(host)}:${port}`;

await runService({
	name: 'gateway',
	config: { ...gatewayConfig, ...adminConfig },
	make: ({ mongo, clients, bus, config, process, sandbox, ...context }) => {
		const store = openMongoGatewayStore(mongo);
		const gateway = createGatewayService({ ...context, ...clients, config, store });
		const publicUrl = () => url(config.FEFAENT_HOST, gateway.publicPort);
		const admin = createAdminService({
			...context,
			...clients,
			config,
			directory: gateway.directory,
			deadLetters: bus,
			sandbox,
			readiness: async () => combineReports({ gateway: await gateway.readiness() }),
			settings: [
				{ part: 'process', schema: processConfig, values: process },
				{ part: 'gateway', schema: gatewayConfig, values: config },
				{ part: 'admin', schema: adminConfig, values: config },
			],
			publicUrl,
		});
		return {
			services: [gateway, admin],
			prepare: () => store.prepare(),
			addresses: () => ({ public: publicUrl(), admin: url(admin.host, admin.port) }),
		};
	},
});
