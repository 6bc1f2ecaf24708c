import { Language } from '@fefaent/contracts/common';
import { Channel, NoticeKind, type TemplatePosition } from '@fefaent/contracts/notifier';
import { expect, it } from 'vitest';
import { positionOf, positionText } from './position.ts';

it.each<[TemplatePosition, string]>([
	[{ builtIn: true, issuerCode: '', channel: Channel.SMS, kind: NoticeKind.REMINDER, language: Language.OC }, 'built-in/sms/reminder/oc/'],
	[
		{ builtIn: false, issuerCode: 'A/B', channel: Channel.EMAIL, kind: NoticeKind.FIRST, language: Language.CA },
		'override/email/first/ca/A/B',
	],
])('%j is told as %s', (position, text) => {
	expect(positionText(position)).toBe(text);
	expect(positionOf(text)).toEqual(position);
});

it.each(['', 'AJT', 'override', 'override/email/first', 'other/email/first/ca/', 'override/fax/first/ca/', 'built-in/sms/first/xx/'])(
	'%j is no place',
	(text) => {
		expect(positionOf(text)).toBeUndefined();
	},
);
