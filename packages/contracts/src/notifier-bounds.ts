/** How much the notifier service takes in one request: what it refuses beyond, and what those who ask it may promise. */

/** Most characters of the parts of a template. */
export const templateBounds = { subject: 1_000, text: 50_000, html: 100_000 } as const;

/** Most notices, or notifications, of one request. */
export const mostNoticesAtOnce = 100;

/** Most failed notices that one request to send all of them again looks at: well within its deadline. */
export const mostNoticesRedriven = 5_000;
