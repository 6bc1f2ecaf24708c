import { z } from 'zod';
import { problemSchema } from '../http/problem.ts';
import type { AnyOperation } from '../http/route.ts';
import { operations } from '../resources/index.ts';
import { components } from './names.ts';

type Json = Record<string, unknown>;

/** Tags in the order in which they are shown, with what they hold. */
const tags = {
	issuers: 'Administrations that notify.',
	credentials: 'API keys and client certificates that callers of the public faces prove themselves with.',
	administrations: 'Public bodies that are notified through EACAT and not through us.',
	endpoints: 'Where issuers want to be told of changes of state.',
	deliveries: 'What was told to endpoints: the communication log.',
	templates: 'Texts of notices.',
	notices: 'E-mails and text messages to recipients.',
	notifications: 'Notifications and everything that happened to them. Holds personal data.',
	evidences: 'Sealed evidences, and which certificates to trust.',
	'dead-letters': 'Events that a service gave up on.',
	sandbox: 'Time, and the outboxes of an installation without mail and SMS providers.',
	operation: 'State and settings of the installation.',
} as const;

/** Makes the OpenAPI 3.1 document from the very operations and schemas that requests are served by. */
export function openApiDocument(): Json {
	const schemas = schemaComponents();
	return {
		openapi: '3.1.1',
		info: {
			title: 'Fefaent admin API',
			version: '1',
			summary: 'Administration of a Fefaent installation.',
			description:
				'Failures are `application/problem+json` (RFC 9457) with a `reason`. Instants are UTC. Answers may gain members; requests with members that are not described are refused.',
			license: { name: 'EUPL-1.2', identifier: 'EUPL-1.2' },
		},
		servers: [{ url: '/' }],
		tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
		security: [{}, { adminToken: [] }],
		paths: paths(),
		components: {
			schemas,
			securitySchemes: {
				adminToken: { type: 'http', scheme: 'bearer', description: 'FEFAENT_ADMIN_TOKEN, where the installation sets one.' },
			},
		},
	};
}

function paths(): Json {
	const all: Record<string, Json> = {};
	for (const one of operations) {
		all[one.path] = { ...all[one.path], [one.method]: describe(one) };
	}
	return all;
}

function describe(one: AnyOperation): Json {
	const { input, success } = one;
	const parameters = [...parametersOf('path', input.params), ...parametersOf('query', input.query), ...(one.conditional ? [ifMatch] : [])];
	return {
		operationId: one.id,
		tags: [one.tag],
		summary: one.summary,
		...(one.description !== undefined && { description: one.description }),
		...(one.open && { security: [{}] }),
		...(parameters.length > 0 && { parameters }),
		...(input.body && { requestBody: { required: true, content: { 'application/json': { schema: reference(input.body) } } } }),
		responses: {
			[success.status]: {
				description: success.says,
				...headersOf(one),
				...contentOf(one),
			},
			...(one.also && { [one.also.status]: { description: one.also.says, ...contentOf(one) } }),
			...Object.fromEntries(
				Object.entries({
					...((input.body || parameters.length > 0) && { 400: 'Not as described: `errors` says where.' }),
					...(!one.open && { 401: 'The admin token is missing or wrong.' }),
					...(one.conditional && { 412: 'PRECONDITION_FAILED: it was changed since.' }),
					...one.failures,
				}).map(([status, says]) => [status, problem(says)]),
			),
			default: problem('Any other failure.'),
		},
	};
}

const ifMatch: Json = {
	name: 'If-Match',
	in: 'header',
	required: false,
	description: 'The `ETag` of what is to be changed (RFC 9110): where it was changed since, nothing is done. Absent: the last writer wins.',
	schema: { type: 'string' },
};

function headersOf({ location, etag }: AnyOperation): Json {
	if (!location && !etag) return {};
	return {
		headers: {
			...(location && { Location: { description: 'Where it is.', schema: { type: 'string' } } }),
			...(etag && { ETag: { description: 'What `If-Match` takes: it changes with whatever can be changed.', schema: { type: 'string' } } }),
		},
	};
}

function contentOf({ success }: AnyOperation): Json {
	if ('json' in success) return { content: { 'application/json': { schema: reference(success.json) } } };
	return 'file' in success ? { content: { [success.file]: {} } } : {};
}

function problem(description: string): Json {
	return { description, content: { 'application/problem+json': { schema: reference(problemSchema) } } };
}

function reference(schema: z.ZodType): Json {
	const id = components.get(schema)?.id;
	if (id === undefined) throw new TypeError('a body or answer of the admin API has no name');
	return { $ref: `#/components/schemas/${id}` };
}

function parametersOf(where: 'path' | 'query', schema: z.ZodObject | undefined): Json[] {
	if (!schema) return [];
	return Object.entries(schema.shape).map(([name, one]) => {
		const { description, ...rest } = convert(one as z.ZodType);
		return {
			name,
			in: where,
			required: where === 'path',
			...(description !== undefined && { description }),
			schema: rest,
		};
	});
}

function convert(schema: z.ZodType): Json {
	// Parameters are written out in place: names hold among components only.
	const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', override: tidy }) as Json;
	return rest;
}

function schemaComponents(): Json {
	const { schemas } = z.toJSONSchema(components, { io: 'input', uri: (id) => `#/components/schemas/${id}`, override: tidy });
	return Object.fromEntries(
		Object.entries(schemas)
			.sort(([one], [other]) => (one < other ? -1 : 1))
			.map(([id, { $schema: _, $id: __, ...rest }]) => [id, rest]),
	);
}

/** A format says what its pattern spells out. */
function tidy({ jsonSchema }: { readonly jsonSchema: Json }): void {
	if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
}
