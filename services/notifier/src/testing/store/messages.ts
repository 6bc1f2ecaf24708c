import { describe, expect, it } from 'vitest';
import { purgeEffect, start } from './samples.ts';
import type { StoreUnderTest } from './under-test.ts';

/** Behaviour of the embedded outboxes of every store. Each case works on notifications of its own. */
export function messagesContract(under: StoreUnderTest): void {
	const { nextId } = under;
	const purge = (id: number) => under.store().notices.apply([purgeEffect(id)], start);

	describe('embedded outboxes', () => {
		const mail = (noticeId: string, notificationId: number) => ({
			noticeId,
			notificationId,
			to: ['a@example.org'],
			subject: 's',
			text: 't',
			html: '',
			messageId: `<${noticeId}@x>`,
			at: start,
		});
		const sms = (reference: string, notificationId: number) => ({
			noticeId: reference.slice(0, 1),
			notificationId,
			reference,
			to: '+34600000000',
			text: reference,
			at: start,
		});

		it('keep a message once, newest first, until its notification is purged', async () => {
			const [one, other] = [nextId(), nextId()];
			await under.store().messages.putMails([mail('m1', one), mail('m2', other)]);
			await under.store().messages.putMails([mail('m1', one)]);
			await under.store().messages.putSms([sms('s-0', one), sms('s-1', one), sms('t-0', other)]);
			await under.store().messages.putSms([sms('s-0', one)]);
			expect((await under.store().messages.listMails(10)).map(({ noticeId }) => noticeId)).toEqual(['m2', 'm1']);
			expect((await under.store().messages.listSms(2)).map(({ text }) => text)).toEqual(['t-0', 's-1']);
			await purge(one);
			expect((await under.store().messages.listMails(10)).map(({ noticeId }) => noticeId)).toEqual(['m2']);
			expect((await under.store().messages.listSms(10)).map(({ text }) => text)).toEqual(['t-0']);
		});

		it('keep the latest messages', async () => {
			const id = nextId();
			const names = Array.from({ length: 10_300 }, (_, index) => `c-${index}`);
			for (let first = 0; first < names.length; first += 1_000)
				await under.store().messages.putSms(names.slice(first, first + 1_000).map((one) => sms(one, id)));
			const kept = (await under.store().messages.listSms(20_000)).map(({ text }) => text);
			expect(kept.length).toBeGreaterThanOrEqual(10_000);
			expect(kept.length).toBeLessThanOrEqual(10_100);
			expect(kept).toEqual(names.toReversed().slice(0, kept.length));
			await purge(id);
			expect(await under.store().messages.listSms(1)).toEqual([]);
		});
	});
}
