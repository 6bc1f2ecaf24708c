import { adminError } from '../errors.ts';
import { InvalidRequest } from './problem.ts';

/** Holds what a request asks of the state that it is to change against that state's entity-tag. @throws DomainError PRECONDITION_FAILED */
export type Precondition = (etag: string) => void;

const tag = '(?:W/)?"[\\x21\\x23-\\x7e\\x80-\\xff]*"';
const list = new RegExp(`^[ \\t,]*${tag}(?:[ \\t]*,[ \\t]*(?:${tag})?)*[ \\t]*$`);

/** The strong entity-tag (RFC 9110 section 8.8.3) of a version. */
export function etagOf(version: number): string {
	return `"${version}"`;
}

/**
 * Reads If-Match (RFC 9110 section 13.1.1). Absent, anything will do; `*` asks only that there is something, which whoever changes it sees. Weak tags
 * match nothing: the comparison is the strong one.
 * @throws InvalidRequest when it is written otherwise
 */
export function preconditionOf(ifMatch: string | undefined): Precondition {
	if (ifMatch === undefined || ifMatch.trim() === '*') return () => {};
	if (!list.test(ifMatch)) throw new InvalidRequest([{ in: 'header', at: '/If-Match', message: 'expected * or entity-tags in quotes' }]);
	const wanted = [...ifMatch.matchAll(new RegExp(tag, 'g'))].map(([one]) => one);
	return (etag) => {
		if (!wanted.includes(etag)) throw adminError('PRECONDITION_FAILED', { etag });
	};
}
