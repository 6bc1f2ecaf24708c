import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { adminApp } from '../http/app.ts';
import { operations } from '../resources/index.ts';
import { testAdmin, testDeps } from '../testing/server.ts';
import { openApiDocument } from './document.ts';

interface Document {
	readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string; readonly responses: object }>>>>;
	readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
	readonly tags: readonly { readonly name: string }[];
}

const document = openApiDocument() as unknown as Document;

test('the document is OpenAPI 3.1', async () => {
	const validator = new Validator();
	const verdict = await validator.validate(openApiDocument());
	expect(verdict.errors ?? []).toEqual([]);
	expect(validator.version).toBe('3.1');
});

test('every reference leads somewhere, and every component is used', () => {
	const used = new Set([...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference));
	const known = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
	expect([...used].filter((reference) => reference === undefined || !known.includes(reference))).toEqual([]);
	expect(known.filter((reference) => !used.has(reference))).toEqual([]);
});

test('operations have names of their own and tags that are explained', () => {
	const names = operations.map((one) => one.id);
	expect(new Set(names).size).toBe(names.length);
	const tags = document.tags.map((one) => one.name);
	expect(operations.filter((one) => !tags.includes(one.tag)).map((one) => one.id)).toEqual([]);
});

test('what is described is served, each address by each method', async () => {
	await using admin = await testAdmin();
	for (const [path, methods] of Object.entries(document.paths)) {
		for (const method of Object.keys(methods)) {
			const answer = await admin.call(method.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'x'));
			const said = answer.headers['content-type']?.includes('problem') ? answer.problem().reason : '';
			expect([method, path, said]).not.toContain('ROUTE_UNKNOWN');
			expect([method, path, said]).not.toContain('METHOD_NOT_ALLOWED');
		}
	}
});

test('what is served is described, but for the description itself', async () => {
	const app = adminApp(testDeps());
	const layers = app.router.stack as unknown as readonly {
		readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
	}[];
	const served = layers.flatMap(({ route }) => {
		if (!route) return [];
		const methods = Object.keys(route.methods);
		// What takes every method answers 405.
		return methods.length > 1 ? [] : methods.map((method) => `${method} ${route.path.replaceAll(/:(\w+)/g, '{$1}')}`);
	});
	const described = Object.entries(document.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`));
	const own = served.filter((one) => !described.includes(one));
	expect(own.filter((one) => !/^get (\/|\/admin|\/admin\/openapi\.json|\/admin\/docs(\/[\w.-]+)?)$/.test(one))).toEqual([]);
	expect(described.filter((one) => !served.includes(one))).toEqual([]);
});
