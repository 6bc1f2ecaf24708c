import { z } from 'zod';
import { named } from '../../openapi/names.ts';
import { id, instant } from '../shared/fields.ts';
import { words } from '../shared/vocabulary.ts';

const identity = named('Identity', z.object({ scheme: words.identityScheme.schema.optional(), value: z.string() }));

const naturalPerson = named(
	'NaturalPerson',
	z.object({
		identity: identity.optional(),
		givenName: z.string(),
		firstSurname: z.string(),
		secondSurname: z.string().optional(),
	}),
);

const recipient = named(
	'Recipient',
	z.object({
		natural: naturalPerson.optional(),
		legal: z.object({ identity: identity.optional(), legalName: z.string(), representative: naturalPerson.optional() }).optional(),
		collective: z.object({ identity: identity.optional(), name: z.string() }).optional(),
		emails: z.array(z.string()),
		phones: z.array(z.string()),
		language: words.language.schema.optional(),
	}),
);

const evidenceRef = z.object({ transition: words.transition.schema.optional(), evidenceId: z.string(), sha256: z.string() });

const author = z.object({
	actor: z.string(),
	recipientIndex: z.int().optional(),
	natural: identity.optional(),
	legal: identity.optional(),
});

/** What a list shows of a notification. */
export const notificationSummary = named(
	'NotificationSummary',
	z.object({
		id,
		iun: z.string().describe('Unique notification code.'),
		issuerCode: z.string(),
		issuerReference: z.string().optional().describe("The issuer's own id."),
		kind: words.notificationKind.schema.optional(),
		title: z.string(),
		reference: z.string().describe('File number.'),
		state: words.state.schema.optional(),
		failure: z.string().optional().describe('Why it failed.'),
		receivedAt: instant.optional(),
		depositedAt: instant.optional(),
		practisedAt: instant.optional().describe('When it was accepted, rejected or expired.'),
	}),
);

/** A notification whole. */
export const notification = named(
	'Notification',
	notificationSummary.extend({
		version: z.int(),
		issuerName: z.string(),
		createdAtGiven: z.string().optional().describe('As the issuer wrote it.'),
		expiryDays: z.int(),
		language: words.language.schema.optional(),
		body: z.string().optional(),
		appealFooter: z.string().optional(),
		firstNotice: z.boolean(),
		reminder: z.boolean(),
		dialect: words.dialect.schema.optional(),
		evidenceForm: words.evidenceForm.schema.optional(),
		recipients: z.array(recipient),
		documents: z.array(
			z.object({
				name: z.string(),
				kind: words.documentKind.schema.optional(),
				algorithm: words.digestAlgorithm.schema.optional(),
				digest: z.string().describe('Hexadecimal.'),
			}),
		),
		pending: z
			.object({ transition: words.transition.schema.optional(), decidedAt: instant.optional(), author: author.optional() })
			.optional()
			.describe('The decision under way.'),
		practisedBy: author.optional(),
		evidences: z.array(evidenceRef),
		exportedAt: instant.optional(),
	}),
);

/** A page of notifications, newest first. */
export const notificationList = named(
	'NotificationList',
	z.object({ items: z.array(notificationSummary), next: z.string().optional().describe('Give it as `before` for the next page.') }),
);

const event = z.object({
	at: instant,
	source: z.enum(['notification', 'notice', 'delivery', 'timer']),
	event: z.string().describe('What happened, such as `deposited`, `email first sent`, `attempt 1 delivered`, `expiry`.'),
	actor: z.string().optional(),
	detail: z.string().optional().describe('More, without personal data.'),
	traceId: z
		.string()
		.optional()
		.describe('Trace of the call that caused it (W3C Trace Context, 32 hexadecimal digits), where that was traced.'),
	ref: z.string().optional().describe('Id of the notice, delivery or evidence.'),
	upcoming: z.boolean().describe('Whether it is still to come.'),
});

/** One thing that happened to a notification, or is to happen. */
export type TimelineEvent = z.output<typeof event>;

/** Everything that happened to a notification, in time order. */
export const timeline = named(
	'Timeline',
	z.object({
		id,
		state: words.state.schema.optional(),
		workflow: z.string().optional().describe('Definition of its process.'),
		events: z.array(event),
	}),
);

/** Notifications whose failed deposit is to be tried again. */
export const retry = named('Retry', z.strictObject({ ids: z.array(id).min(1).max(100) }));

/** Those that are tried again. */
export const retried = named('Retried', z.object({ retried: z.array(id) }));
