import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AdminWorld, startAdminWorld } from './world.ts';

const v1 = '/admin/v1';

interface Described {
	readonly components: {
		readonly schemas: Readonly<
			Record<string, { readonly properties: Readonly<Record<string, { readonly maxLength: number; readonly maxItems: number }>> }>
		>;
	};
}

let world: AdminWorld;
let described: Described;
beforeAll(async () => {
	world = await startAdminWorld();
	described = (await (await fetch(`${world.fefaent.adminUrl}/admin/openapi.json`)).json()) as Described;
});
afterAll(() => world[Symbol.asyncDispose]());

/** What the description says is the most. */
const boundOf = (schema: string, property: string) => described.components.schemas[schema]?.properties[property];

test.each(['subject', 'text', 'html'])(
	'a template whose %s is as long as the description allows is taken; one that is longer is no request',
	async (part) => {
		const most = boundOf('TemplateText', part)?.maxLength ?? 0;
		expect(most).toBeGreaterThan(0);
		const put = (length: number) =>
			world.call('PUT', `${v1}/templates/email/first/ca`, { subject: 'S', text: 'T', html: 'H', [part]: 'x'.repeat(length) });
		expect((await put(most)).status).toBe(200);
		expect((await put(most + 1)).body).toMatchObject({ status: 400, reason: 'REQUEST_INVALID' });
	},
);

test.each([
	['noticeIds', 'x'],
	['notificationIds', 1],
])('as many %s as the description allows are redriven; more are no request', async (field, id) => {
	const most = boundOf('RedriveNotices', field)?.maxItems ?? 0;
	expect(most).toBeGreaterThan(0);
	const redrive = (count: number) => world.call('POST', `${v1}/notices/redrive`, { [field]: Array.from({ length: count }, () => id) });
	expect((await redrive(most)).body).toEqual({ redriven: 0 });
	expect((await redrive(most + 1)).body).toMatchObject({ status: 400, reason: 'REQUEST_INVALID' });
});
