import { Language } from '@fefaent/contracts/common';
import { Channel, NoticeKind, type Template } from '@fefaent/contracts/notifier';
import { describe, expect, it } from 'vitest';
import type { StoreUnderTest } from './under-test.ts';

/** Behaviour of the templates of every store. */
export function templatesContract(under: StoreUnderTest): void {
	describe('templates', () => {
		const template = (issuerCode: string, text: string, language: Template['language'] = Language.CA): Template => ({
			issuerCode,
			channel: Channel.EMAIL,
			kind: NoticeKind.FIRST,
			language,
			subject: 's',
			text,
			html: '',
			builtIn: false,
		});

		it('are replaced by key, listed by issuer, and removed', async () => {
			for (const one of [
				template('T1', 'old'),
				template('T1', 'new'),
				template('T2', 'x'),
				template('T1', 'es', Language.ES),
				template('', 'p'),
			])
				await under.store().templates.put(one);
			expect((await under.store().templates.ofIssuers(['T1', ''])).map(({ text }) => text)).toEqual(['p', 'new', 'es']);
			const all = { issuerCodes: undefined, after: undefined, limit: 100 };
			expect((await under.store().templates.page(all)).map(({ text }) => text)).toEqual(['p', 'new', 'es', 'x']);
			expect(await under.store().templates.remove(template('T2', ''))).toBe(true);
			expect(await under.store().templates.remove(template('T2', ''))).toBe(false);
			expect(await under.store().templates.ofIssuers(['T2'])).toEqual([]);
		});

		it('are read page by page, though the last one read is gone', async () => {
			const texts = async (after: Template | undefined, limit: number, issuerCodes?: readonly string[]) =>
				(await under.store().templates.page({ issuerCodes, after, limit })).map(({ text }) => text);
			for (const [issuer, text] of [
				['', '0'],
				['P1', '1'],
				['P2', '2'],
				['P3', '3'],
			] as const)
				await under.store().templates.put(template(issuer, text));
			await under.store().templates.put(template('P1', '1 es', Language.ES));
			const issuers = ['', 'P1', 'P2', 'P3'];
			expect(await texts(undefined, 2, issuers)).toEqual(['0', '1']);
			await under.store().templates.remove(template('P1', ''));
			expect(await texts(template('P1', ''), 2, issuers)).toEqual(['1 es', '2']);
			expect(await texts(template('P1', ''), 9, ['P3', 'P1'])).toEqual(['1 es', '3']);
			expect(await texts(template('P3', ''), 2, issuers)).toEqual([]);
			expect((await texts(template('P2', ''), 1))[0]).toBe('3');
		});
	});
}
