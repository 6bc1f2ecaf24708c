import { languageCode } from '../../domain/language.ts';
import { writtenMailbox } from './mailbox.ts';
import type { OutgoingMail } from './port.ts';
import type { SmtpOptions } from './smtp-options.ts';

/** An e-mail as nodemailer wants it: the same text at every attempt. */
export function messageOf(
	{ noticeId, recipients, to, content }: OutgoingMail,
	{ from, replyTo, messageIdDomain }: Pick<SmtpOptions, 'from' | 'replyTo' | 'messageIdDomain'>,
) {
	return {
		from,
		...(replyTo !== undefined && { replyTo }),
		to: recipients.map((address) => ({ name: '', address: writtenMailbox(address) })),
		envelope: { from: writtenMailbox(senderAddress(from)), to: to.map(writtenMailbox) },
		messageId: `<${noticeId}@${messageIdDomain}>`,
		subject: content.subject,
		text: content.text,
		...(content.html !== '' && { html: content.html }),
		headers: {
			// RFC 3834: no automatic answers, please.
			'Auto-Submitted': 'auto-generated',
			'X-Auto-Response-Suppress': 'All',
			'Content-Language': languageCode(content.language),
		},
		disableFileAccess: true,
		disableUrlAccess: true,
	};
}

/** The address of a From header's text. */
export function senderAddress(from: string): string {
	return /<([^<>]+)>\s*$/.exec(from)?.[1] ?? from.trim();
}
