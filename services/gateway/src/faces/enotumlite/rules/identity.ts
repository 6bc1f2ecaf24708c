import { shown } from '../errors.ts';
import { first, identitiesOf, type Rule } from './rule.ts';

/** NOT_03: a NIF that is not written as one, or whose control letter is wrong. A blank one is no NIF at all: NOT_07. */
export const nif: Rule = (notification) =>
	first(identitiesOf(notification), ({ identity: { scheme, value, check } }) =>
		scheme === 'NIF' && !check.ok && check.problem !== 'blank' ? { code: 'NOT_03', message: `NIF invàlid: ${shown(value)}` } : undefined,
	);

/** NOT_04: the same for a CIF; a blank one is NOT_08. */
export const cif: Rule = (notification) =>
	first(identitiesOf(notification), ({ identity: { scheme, value, check } }) =>
		scheme === 'CIF' && !check.ok && check.problem !== 'blank' ? { code: 'NOT_04', message: `CIF invàlid: ${shown(value)}` } : undefined,
	);

/** NOT_07: a natural person, bound ones too, without a valid document: a blank NIF, a blank or absurd passport. */
export const naturalDocument: Rule = (notification) =>
	first(identitiesOf(notification), ({ identity: { field, value, check }, of }) =>
		(of === 'natural' || of === 'bound') && !check.ok
			? { code: 'NOT_07', message: `La persona física no té un NIF o passaport vàlid: ${field} ${shown(value)}`.trim() }
			: undefined,
	);

/** NOT_08: a legal person without a valid document: a blank CIF, a VAT number or identifier that is blank, absurd or does not check. */
export const legalDocument: Rule = (notification) =>
	first(identitiesOf(notification), ({ identity: { field, value, check }, of }) =>
		of === 'legal' && !check.ok
			? { code: 'NOT_08', message: `La persona jurídica no té un CIF o VAT vàlid: ${field} ${shown(value)}`.trim() }
			: undefined,
	);

/** NOT_09: one identity twice, recipients and bound persons alike, however and in whichever scheme it is written (eNotumLite contract, decision 5). */
export const distinct: Rule = (notification) => {
	const seen = new Set<string>();
	return first(identitiesOf(notification), ({ identity: { value, check } }) => {
		if (!check.ok) return undefined;
		if (seen.has(check.key))
			return { code: 'NOT_09', message: `El document d’identitat ${shown(value)} consta més d’una vegada entre els destinataris` };
		seen.add(check.key);
		return undefined;
	});
};
