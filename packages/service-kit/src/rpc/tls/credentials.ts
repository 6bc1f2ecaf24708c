import { checkServerIdentity } from 'node:tls';
import type { ChannelCredentials, experimental, ServerCredentials } from '@grpc/grpc-js';
import type { TlsFolder } from './folder.ts';

type Grpc = typeof import('@grpc/grpc-js');

/** Credentials of a server that takes only connections with a certificate of the authorities in the folder. */
export function serverCredentials({ experimental }: Grpc, folder: TlsFolder): ServerCredentials {
	const provider = providerOf(folder);
	return experimental.createCertificateProviderServerCredentials(provider, provider, true);
}

/** Credentials of a client that shows its certificate, and goes on only where the other side's is of the service of that name. */
export function channelCredentials({ experimental }: Grpc, folder: TlsFolder, service: string): ChannelCredentials {
	const provider = providerOf(folder);
	// By name and not by address: a service has many addresses, and one certificate.
	return experimental.createCertificateProviderChannelCredentials(provider, provider, {
		checkServerIdentity: (_, certificate) => checkServerIdentity(service, certificate),
	});
}

/**
 * A folder as the library's credentials ask for certificates. The library's own watcher of files is not used: it reads them one by one as they come, and
 * drops connections while one is missing or does not go with the others.
 */
function providerOf(folder: TlsFolder): experimental.CertificateProvider {
	const following = new Map<unknown, () => void>();
	const add = (listener: unknown, tell: () => void): void => {
		if (following.has(listener)) return;
		following.set(listener, folder.follow(tell));
		// Not at once: a server begins to listen to its credentials just after they began to listen to us.
		process.nextTick(tell);
	};
	const remove = (listener: unknown): void => {
		following.get(listener)?.();
		following.delete(listener);
	};
	return {
		addCaCertificateListener: (listener) => add(listener, () => listener({ caCertificate: folder.material.ca })),
		removeCaCertificateListener: remove,
		addIdentityCertificateListener: (listener) =>
			add(listener, () => listener({ certificate: folder.material.cert, privateKey: folder.material.key })),
		removeIdentityCertificateListener: remove,
	};
}
