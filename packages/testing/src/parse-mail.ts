import type { ReceivedMail } from './smtp-sink-types.ts';

/** Reads a message: its headers and its text and HTML parts. */
export async function parseMail(
	raw: Buffer,
): Promise<Pick<ReceivedMail, 'messageId' | 'from' | 'to' | 'subject' | 'text' | 'html' | 'headers'>> {
	const { simpleParser } = await import('mailparser');
	const parsed = await simpleParser(raw, { skipTextToHtml: true, skipHtmlToText: true });
	const to = parsed.to === undefined ? [] : [parsed.to].flat();
	return {
		messageId: parsed.messageId ?? '',
		from: parsed.from?.text ?? '',
		to: to.flatMap((list) => list.value.map((one) => one.address ?? '')),
		subject: parsed.subject ?? '',
		text: parsed.text ?? '',
		html: parsed.html || '',
		headers: new Map(parsed.headerLines.map(({ key, line }) => [key, line.slice(line.indexOf(':') + 1).trim()])),
	};
}
