import { textOf, type XmlElement } from '@fefaent/xml';
import { type Caller, mayActFor, soleIssuer } from '../../auth/caller.ts';
import type { DirectoryReader } from '../../directory/reader.ts';
import type { Issuer } from '../../directory/types.ts';
import { ContractError } from './errors.ts';
import { collapsed } from './lexical.ts';

/** Whether a request names its issuer, at any place: where it may stand is for the schema to say. */
export function namesIssuer(request: XmlElement): boolean {
	return request.children.some((child) => child.name === 'Emissor' && child.namespace === request.namespace);
}

/**
 * The issuer that a request is of: the one it names, else the only one that its caller acts for (eNotumLite contract, decision 4). One that exists but
 * is not the caller's is answered like one that does not: a caller learns nothing of others.
 * @throws ContractError NOT_01
 */
export async function issuerOf(directory: Pick<DirectoryReader, 'issuer'>, caller: Caller, request: XmlElement): Promise<Issuer> {
	const named = textOf(request, 'Emissor');
	const code = named === undefined ? soleIssuer(caller) : collapsed(named);
	const issuer = code !== undefined && code !== '' && mayActFor(caller, code) ? await directory.issuer(code) : undefined;
	if (!issuer) throw new ContractError('NOT_01', 'L’emissor no existeix');
	return issuer;
}
