import type { TemplatePosition } from '@fefaent/contracts/notifier';
import { words } from '../shared/vocabulary.ts';
import { templateKey } from './schemas.ts';

const [builtIn, override] = ['built-in', 'override'];

/** The place of a template in the list, as `next` of a page tells it: `override/email/first/ca/AJT`. */
export function positionText(position: TemplatePosition): string {
	const { channel, kind, language } = position;
	const key = [words.channel.toWord(channel), words.noticeKind.toWord(kind), words.language.toWord(language)];
	return [position.builtIn ? builtIn : override, ...key, position.issuerCode].join('/');
}

/** Reads {@link positionText}; undefined for what is none. */
export function positionOf(text: string): TemplatePosition | undefined {
	// An issuer's code may hold a slash: it comes last.
	const [which, channel, kind, language, ...issuer] = text.split('/');
	if (which !== builtIn && which !== override) return undefined;
	const read = {
		channel: templateKey.channel.safeParse(channel),
		kind: templateKey.kind.safeParse(kind),
		language: templateKey.language.safeParse(language),
	};
	if (!read.channel.success || !read.kind.success || !read.language.success) return undefined;
	return {
		builtIn: which === builtIn,
		issuerCode: issuer.join('/'),
		channel: words.channel.toCore(read.channel.data),
		kind: words.noticeKind.toCore(read.kind.data),
		language: words.language.toCore(read.language.data),
	};
}
