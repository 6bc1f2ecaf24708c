import { Language } from '@fefaent/contracts/common';
import { Transition } from '@fefaent/contracts/notification';
import { Channel, type ListTemplatesResponse, NoticeKind, type Template } from '@fefaent/contracts/notifier';
import { describe, expect, it } from 'vitest';
import { deposit, recipient, world } from '../testing/scenes.ts';
import { depositedNotification, eventOf } from '../testing/world.ts';

describe('templates', () => {
	const template: Template = {
		issuerCode: '0801930008',
		channel: Channel.EMAIL,
		kind: NoticeKind.FIRST,
		language: Language.CA,
		subject: 'Propi: {{notificacio.titol}}',
		text: '{{notificacio.evidenciaDiposit.evidencia}}',
		html: '<p>{{notificacio.titol}}</p>',
		builtIn: false,
	};
	const nothing = {
		template: undefined,
		notificationId: 0,
		recipientIndex: 0,
		issuerCode: '',
		channel: Channel.EMAIL,
		kind: NoticeKind.FIRST,
		language: Language.CA,
	};

	it('of an issuer are used for its notices, evidences asked for in one call only when mentioned', async () => {
		const here = await world();
		expect(await here.client.putTemplate({ template })).toEqual({ unknownVariables: [] });
		const ids = [1, 2, 3];
		for (const id of ids) {
			const ref = { transition: Transition.DEPOSIT, evidenceId: `e${id}`, sha256: new Uint8Array(32) };
			here.notifications.set(id, { ...depositedNotification(id, [recipient(['maria@example.org'], [])]), evidences: [ref] });
			const xml = new TextEncoder().encode(`<e n="${id}"/>`);
			here.evidences.push({ ...ref, id: ref.evidenceId, notificationId: id, xml, issuedAt: undefined, level: 'B-B' });
		}
		await here.happen(...ids.map((id) => eventOf(depositedNotification(id))));
		const { messages } = await here.client.listMailOutbox({ limit: 10 });
		expect(messages.map(({ text }) => text).toSorted()).toEqual(['<e n="1"/>', '<e n="2"/>', '<e n="3"/>']);
		expect(messages[0]?.subject).toMatch(/^Propi: Resolució/);
		expect(here.calls.evidences).toBeLessThanOrEqual(2);
	});

	it('that can no longer be read give way to the built-in one', async () => {
		const here = await world();
		await here.store.templates.put({ ...template, text: '{{#notificacio.titol}}' });
		await deposit(here, depositedNotification(1, [recipient(['maria@example.org'], [])]));
		expect((await here.client.listMailOutbox({ limit: 1 })).messages[0]?.subject).toMatch(/^Nova notificació/);
	});

	it('are listed, removed, and refused with what is wrong', async () => {
		const here = await world();
		await here.client.putTemplate({ template });
		await here.client.putTemplate({ template: { ...template, issuerCode: '' } });
		const listed = async (issuerCode: string) =>
			(await here.client.listTemplates({ issuerCode, limit: 100 })).templates.filter((one) => !one.builtIn);
		expect([await listed(''), await listed('other')].map((list) => list.map(({ issuerCode }) => issuerCode))).toEqual([
			['', '0801930008'],
			[''],
		]);
		expect((await here.client.listTemplates({ issuerCode: '', limit: 1 })).templates[0]?.builtIn).toBe(true);
		expect(await here.client.deleteTemplate(template)).toEqual({ removed: true });
		expect(await here.client.deleteTemplate(template)).toEqual({ removed: false });
		await expect(here.client.putTemplate({ template: { ...template, text: '{{#a}}' } })).rejects.toMatchObject({
			reason: 'TEMPLATE_INVALID',
			details: { part: 'text', problem: 'Unclosed section "a" at 6' },
		});
		await expect(here.client.putTemplate({ template: undefined })).rejects.toMatchObject({ reason: 'ITEM_INVALID' });
		await expect(here.client.putTemplate({ template: { ...template, channel: Channel.UNSPECIFIED } })).rejects.toMatchObject({
			reason: 'ITEM_INVALID',
		});
		expect(await here.client.putTemplate({ template: { ...template, text: '{{notificacio.tittol}}' } })).toEqual({
			unknownVariables: ['notificacio.tittol'],
		});
	});

	it('are listed page by page, pages of long texts being shorter', async () => {
		const here = await world();
		const text = 'à'.repeat(200_000);
		for (let index = 0; index < 30; index++) {
			const issuerCode = `I${String(index).padStart(2, '0')}`;
			await here.store.templates.put({ ...template, issuerCode, ...(index >= 15 && { text }) });
		}
		const pages: (readonly Template[])[] = [];
		let after: ListTemplatesResponse['nextAfter'];
		do {
			const page = await here.client.listTemplates({ issuerCode: '', limit: 12, ...(after && { after }) });
			pages.push(page.templates);
			after = page.nextAfter;
		} while (after !== undefined);
		expect(pages.map(({ length }) => length)).toEqual([12, 12, 11, 4, 4, 3]);
		const all = pages.flat();
		expect(all.map(({ builtIn }) => builtIn).lastIndexOf(true)).toBe(15);
		expect(all.slice(16).map(({ issuerCode }) => issuerCode)).toEqual(
			all.slice(16).map((_, index) => `I${String(index).padStart(2, '0')}`),
		);
		await expect(here.client.listTemplates({ issuerCode: '', limit: 0 })).rejects.toMatchObject({ reason: 'BATCH_SIZE' });
		const nowhere = { issuerCode: 'x', channel: Channel.SMS, kind: NoticeKind.FIRST, language: Language.CA, builtIn: true };
		await expect(here.client.listTemplates({ issuerCode: '', limit: 1, after: nowhere })).rejects.toMatchObject({ reason: 'ITEM_INVALID' });
	});

	it('are previewed with sample data, a notification, or before they are stored', async () => {
		const here = await world();
		here.notifications.set(7, depositedNotification(7));
		expect((await here.client.preview(nothing)).subject).toMatch(/^Nova notificació/);
		expect((await here.client.preview({ ...nothing, template })).text).toBe('<EvidenciaNotificacio/>');
		expect(
			(await here.client.preview({ ...nothing, notificationId: 7, recipientIndex: 1, language: Language.UNSPECIFIED })).subject,
		).toMatch(/^Nueva notificación/);
		await here.client.putTemplate({ template });
		expect((await here.client.preview({ ...nothing, notificationId: 7 })).subject).toMatch(/^Propi/);
		expect((await here.client.preview({ ...nothing, issuerCode: 'other' })).subject).toMatch(/^Nova/);
		expect((await here.client.preview({ ...nothing, channel: Channel.SMS })).text).toContain('Ajuntament de Mostra');
		await expect(here.client.preview({ ...nothing, notificationId: 8 })).rejects.toMatchObject({ reason: 'NOTIFICATION_UNKNOWN' });
		await expect(here.client.preview({ ...nothing, recipientIndex: 9 })).rejects.toMatchObject({ reason: 'RECIPIENT_UNKNOWN' });
	});
});
