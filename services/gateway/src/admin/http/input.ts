import type { Request } from 'express';
import { z } from 'zod';
import { type Finding, InvalidRequest } from './problem.ts';
import type { InputSchemas } from './route.ts';

const nothing = z.strictObject({});

/** Reads what a route looks at. @throws InvalidRequest that names everything wrong */
export function readInput(schemas: InputSchemas, request: Request): Record<keyof InputSchemas, unknown> {
	const findings: Finding[] = [];
	const read = (where: Finding['in'], schema: z.ZodType, value: unknown): unknown => {
		const result = schema.safeParse(value);
		if (result.success) return result.data;
		for (const { path, message } of result.error.issues) findings.push({ in: where, at: pointer(path), message });
		return undefined;
	};
	const input = {
		params: schemas.params && read('path', schemas.params, request.params),
		query: read('query', schemas.query ?? nothing, request.query),
		body: schemas.body && read('body', schemas.body, request.body),
	};
	if (findings.length > 0) throw new InvalidRequest(findings);
	return input;
}

function pointer(path: readonly PropertyKey[]): string {
	return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
