import { type Config, defineConfig, setting } from '@fefaent/service-kit';

/** Settings of the gateway: the public faces, who may call them, and how much they take at once. */
export const gatewayConfig = defineConfig({
	FEFAENT_HOST: setting.string({ default: '127.0.0.1', doc: 'Address that the public ports listen on.' }),
	FEFAENT_PUBLIC_PORT: setting.port({ default: 8080, doc: 'Port of the public HTTP faces; 0 takes a free one.' }),
	FEFAENT_MTLS_PORT: setting.port({
		default: 8443,
		doc: 'Port of the same faces over TLS with client certificates; 0 takes a free one. Opened only when a server certificate and key are set.',
	}),
	FEFAENT_OPEN_LOOPBACK: setting.boolean({
		default: false,
		doc: 'Whether callers on loopback need no key and may act for every issuer. For trying things out on one machine: taken are plain requests to localhost, 127.0.0.0/8 or [::1], not those of pages of other sites or with the headers of a proxy. Never turn it on behind a proxy: not every one adds such headers.',
	}),
	FEFAENT_GATEWAY_PUBLIC_URL: setting.url({
		optional: true,
		doc: 'Base URL by which callers reach the public port, as the WSDL names it. Unset: taken from the request.',
	}),
	FEFAENT_GATEWAY_TLS_CERT_FILE: setting.path({ optional: true, doc: 'PEM file of the certificate chain of the TLS port.' }),
	FEFAENT_GATEWAY_TLS_KEY_FILE: setting.path({ optional: true, doc: 'PEM file of the private key of the TLS port.' }),
	FEFAENT_GATEWAY_TLS_CLIENT_CA_FILE: setting.path({
		optional: true,
		doc: 'PEM file of the authorities that client certificates must come from. Unset: a registered certificate is enough, self-signed ones too.',
	}),
	FEFAENT_GATEWAY_MAX_BODY_BYTES: setting.int({
		default: 10 * 1024 * 1024,
		min: 1024,
		max: 512 * 1024 * 1024,
		unit: 'bytes',
		doc: 'Largest request body; a larger one is answered 413.',
	}),
	FEFAENT_GATEWAY_MAX_REQUESTS: setting.int({
		default: 512,
		min: 1,
		doc: 'Most requests under way at once; more are answered 503 with Retry-After.',
	}),
	FEFAENT_GATEWAY_MAX_MEMORY_BYTES: setting.int({
		default: 128 * 1024 * 1024,
		min: 1024,
		unit: 'bytes',
		doc: 'Most bytes of request bodies, and of answers until their callers take them, held at once; more are answered 503 with Retry-After.',
	}),
	FEFAENT_GATEWAY_MAX_CONNECTIONS: setting.int({
		default: 2048,
		min: 1,
		doc: 'Most connections at once, of each public port; more are closed as they come.',
	}),
	FEFAENT_GATEWAY_HEADERS_TIMEOUT: setting.duration({
		default: 10_000,
		min: 100,
		doc: 'How long a caller may take to send the headers; then 408.',
	}),
	FEFAENT_GATEWAY_REQUEST_TIMEOUT: setting.duration({
		default: 30_000,
		min: 100,
		doc: 'How long a caller may take to send a whole request; then 408.',
	}),
	FEFAENT_GATEWAY_ANSWER_TIMEOUT: setting.duration({
		default: 30_000,
		min: 100,
		doc: 'How long a caller may take to read a whole answer; then its connection is cut.',
	}),
	FEFAENT_GATEWAY_KEEP_ALIVE: setting.duration({ default: 65_000, min: 0, doc: 'How long an idle connection stays open.' }),
	FEFAENT_GATEWAY_DRAIN_TIMEOUT: setting.duration({
		default: 15_000,
		min: 0,
		doc: 'How long a stop waits for requests under way before their connections are cut.',
	}),
	FEFAENT_GATEWAY_DIRECTORY_TTL: setting.duration({
		default: 5_000,
		min: 0,
		doc: 'How long issuers and credentials are remembered: how late a change made by another process is noticed.',
	}),
});

/** The values of {@link gatewayConfig}. */
export type GatewayConfig = Config<typeof gatewayConfig>;
