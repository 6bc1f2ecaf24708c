import type { Server } from 'node:net';

/** The port that a listening server got. @throws Error when it does not listen on TCP */
export function portOf(server: Server): number {
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('the server listens on no TCP port');
	return address.port;
}
