/** How much the callback service takes in one request: what it refuses beyond, and what those who ask it may promise. */

/** Most characters of the parts of an endpoint, most states that it names, and most requests that it may ask for at once. */
export const endpointBounds = {
	issuerCode: 100,
	url: 2_000,
	states: 20,
	maxInFlight: 64,
	username: 200,
	secret: 8_000,
	caPem: 100_000,
	clientCertificatePem: 100_000,
	clientKeyPem: 50_000,
} as const;

/** Most endpoints, deliveries or notifications that one request names, and most endpoints of an answer. */
export const mostCallbacksAtOnce = 100;

/** Most deliveries of one answer. */
export const mostDeliveriesListed = 500;

/** Most deliveries that one request takes up again: well within its deadline. */
export const mostRedriven = 10_000;
