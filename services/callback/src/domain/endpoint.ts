import type { Endpoint } from '@fefaent/contracts/callback';

/** How an endpoint fares. */
export interface EndpointHealth {
	/** Failures that concern it since it last answered, one for each time that it was tried. */
	readonly failures: number;
	/** When the first of them began. */
	readonly failingSince: Date | undefined;
	/** Nothing is sent to it before, in the environment's time. */
	readonly notBefore: Date | undefined;
}

/** Nothing is known against it. */
export const wellHealth: EndpointHealth = { failures: 0, failingSince: undefined, notBefore: undefined };

/** An endpoint with what the service needs besides. */
export interface EndpointRecord {
	/** Without anything secret. */
	readonly endpoint: Endpoint;
	/** Grows by one with each change that can be seen: its version. */
	readonly revision: number;
	/**
	 * Grows with each change, and each time that what stands against it is forgotten: what was planned for it, or found against it, under an earlier one counts
	 * no more. Kept by the store; nobody else sees it.
	 */
	readonly generation: number;
	/** Its secrets, encrypted; empty when it has none. */
	readonly sealedSecrets: Uint8Array;
	readonly health: EndpointHealth;
}

/** An endpoint to be written. */
export type NewEndpointRecord = Omit<EndpointRecord, 'generation'>;

/** What an endpoint keeps secret. */
export interface EndpointSecretSet {
	/** Password or token. */
	readonly secret: string;
	readonly clientCertificatePem: string;
	readonly clientKeyPem: string;
	/** `whsec_...`: JSON form. */
	readonly webhookSecret: string;
	/** `whsk_...`: JSON form. */
	readonly webhookKey: string;
}

/** Nothing secret. */
export const noSecrets: EndpointSecretSet = { secret: '', clientCertificatePem: '', clientKeyPem: '', webhookSecret: '', webhookKey: '' };

/** How many requests an endpoint takes at once; while it fails, one that tries it out. */
export function inFlightOf({ endpoint, health }: Pick<EndpointRecord, 'endpoint' | 'health'>): number {
	return health.failures > 0 ? 1 : Math.max(1, endpoint.maxInFlight);
}

/** Whether something may be sent to it now. */
export function isReady({ endpoint, health }: Pick<EndpointRecord, 'endpoint' | 'health'>, now: Date): boolean {
	return endpoint.enabled && (health.notBefore === undefined || health.notBefore.getTime() <= now.getTime());
}
