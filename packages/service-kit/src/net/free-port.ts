import { once } from 'node:events';
import { createServer } from 'node:net';

/** Makes sure that a port can be listened on, now, before whoever is to listen there is ready for it. @throws Error as a socket's that cannot listen */
export async function ensureFreePort(host: string, port: number): Promise<void> {
	const probe = createServer();
	await once(probe.listen({ host, port, exclusive: true }), 'listening');
	probe.close();
	await once(probe, 'close');
}
