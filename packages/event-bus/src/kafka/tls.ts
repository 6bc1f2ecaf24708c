import { readFileSync } from 'node:fs';
import { connect as connectPlain, isIP } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';

/** Paths of PEM files, read at each connection that is opened, so that renewed ones are taken up. */
export interface KafkaTls {
	readonly ca?: string;
	readonly cert?: string;
	readonly key?: string;
}

/** As long as kafkajs itself has it. Milliseconds. */
const keepAliveMs = 60_000;

/** The files of a TLS connection, read now. @throws what the file system says of one that cannot be read */
export function tlsOptions({ ca, cert, key }: KafkaTls): ConnectionOptions {
	return {
		...(ca !== undefined && { ca: [readFileSync(ca)] }),
		...(cert !== undefined && { cert: readFileSync(cert) }),
		...(key !== undefined && { key: readFileSync(key) }),
	};
}

/** Whom the other side is asked to be; TLS does not let that be an address. */
export function nameOf(host: string): ConnectionOptions {
	return isIP(host) === 0 ? { servername: host } : {};
}

/**
 * Opens the client's sockets as kafkajs does, but reads the files each time: a client lives as long as its process, certificates do not. Files that do not go
 * together fail that attempt only.
 */
export function socketsBy(tls: KafkaTls): ISocketFactory {
	return ({ host, port, ssl, onConnect }) => {
		const socket = ssl
			? connectTls({ host, port, ...nameOf(host), ...tlsOptions(tls) }, onConnect)
			: connectPlain({ host, port }, onConnect);
		return socket.setKeepAlive(true, keepAliveMs);
	};
}
