/**
 * The suite that every transport passes: what callers and handlers may rely on wherever they run. Import it from a vitest file only.
 */
import { describe } from 'vitest';
import { callCases } from './conformance/calls.ts';
import { serveOn } from './conformance/kit.ts';
import { serverCases, writtenCases } from './conformance/network.ts';
import { sizeCases } from './conformance/sizes.ts';
import { timeCases } from './conformance/time.ts';
import type { OpenTransport, TransportFeatures, TransportRequest } from './conformance/transport.ts';

export type { OpenTransport, TransportFeatures, TransportRequest } from './conformance/transport.ts';

/**
 * Declares the suite for one transport.
 * @param open starts the transport for one test
 */
export function rpcConformance(
	name: string,
	open: (request: TransportRequest) => Promise<OpenTransport>,
	{ serialises = false, server }: TransportFeatures = {},
): void {
	describe(`rpc over ${name}`, () => {
		const serve = serveOn(open);
		callCases(serve);
		timeCases(serve);
		sizeCases(serve, serialises);
		if (serialises) writtenCases(serve);
		if (server !== undefined) serverCases(serve, server);
	});
}
