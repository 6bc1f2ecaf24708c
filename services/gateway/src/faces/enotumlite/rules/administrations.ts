import { identityKey } from '@fefaent/identity';
import { shown } from '../errors.ts';
import { first, identitiesOf, type Rule } from './rule.ts';

/** NOT_10: a recipient is an administration that is reached through EACAT (eNotumLite contract, decision 7), also when its CIF is given as a free identifier. */
export const administrations: Rule = (notification, context) =>
	first(identitiesOf(notification), ({ identity: { scheme, value, check } }) => {
		const key = check.ok && scheme === 'OTHER' ? identityKey('CIF', value) : check.ok ? check.key : undefined;
		return key !== undefined && context.administrations.has(key)
			? { code: 'NOT_10', message: `El destinatari ${shown(value)} és una administració pública catalana: s’ha de notificar per EACAT` }
			: undefined;
	});
