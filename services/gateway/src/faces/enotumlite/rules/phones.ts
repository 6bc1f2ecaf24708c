import { checkPhone } from '@fefaent/identity';
import { shown } from '../errors.ts';
import { first, type Rule } from './rule.ts';

/** NOT_05: a telephone that is neither E.164 nor a Spanish number (eNotumLite contract, decision 6). */
export const phones: Rule = (notification) =>
	first(notification.recipients, (recipient) =>
		first(recipient.phones, (phone) =>
			checkPhone(phone).ok ? undefined : { code: 'NOT_05', message: `Telèfon invàlid: ${shown(phone)}` },
		),
	);
