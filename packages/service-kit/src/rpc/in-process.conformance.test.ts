import { rpcConformance } from './conformance.ts';
import { inProcessClient } from './in-process.ts';

rpcConformance('in process', async ({ binding }) => ({
	client: (caller) => inProcessClient(binding, { caller }),
	close: async () => {},
}));

rpcConformance('in process, asked for late', async ({ binding }) => ({
	client: (caller) => inProcessClient(() => binding, { caller }),
	close: async () => {},
}));

rpcConformance(
	'in process, serialised',
	async ({ binding, maxMessageBytes }) => ({
		client: (caller) => inProcessClient(binding, { caller, serialise: true, maxMessageBytes }),
		close: async () => {},
	}),
	{ serialises: true },
);
