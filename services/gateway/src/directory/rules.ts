import { X509Certificate } from 'node:crypto';
import { gatewayError } from '../errors.ts';
import type { EvidenceFormName, Issuer, NoticeDefaults, Page } from './types.ts';

/** What an issuer may be given when it is registered. */
export interface IssuerInput {
	readonly code: string;
	readonly name: string;
	/** Default true. */
	readonly enabled?: boolean;
	/** Default 10 (eNotumLite contract, decision 18). */
	readonly defaultExpiryDays?: number;
	/** Default false and false. */
	readonly noticeDefaults?: Partial<NoticeDefaults>;
	/** Default seed. */
	readonly evidenceForm?: EvidenceFormName;
}

/** What of an issuer can be changed; what is absent stays. */
export type IssuerChange = Partial<Omit<IssuerInput, 'code'>>;

const longestCode = 100;
const longestName = 200;

/** A new issuer with every default filled in. @throws DomainError ISSUER_INVALID */
export function newIssuer(input: IssuerInput, at: Date): Issuer {
	const { code } = input;
	if (code === '' || code.length > longestCode || code !== code.trim() || /\p{C}/u.test(code))
		throw invalid('a code has 1 to 100 characters, none of them a control character, with no space around');
	const base: Issuer = {
		code,
		name: '',
		enabled: true,
		defaultExpiryDays: 10,
		noticeDefaults: { firstNotice: false, reminder: false },
		evidenceForm: 'seed',
		createdAt: at,
		version: 0,
	};
	return changedIssuer(base, input);
}

/** The issuer after a change, one version on. @throws DomainError ISSUER_INVALID */
export function changedIssuer(issuer: Issuer, change: IssuerChange): Issuer {
	const next: Issuer = {
		...issuer,
		name: change.name ?? issuer.name,
		enabled: change.enabled ?? issuer.enabled,
		defaultExpiryDays: change.defaultExpiryDays ?? issuer.defaultExpiryDays,
		noticeDefaults: {
			firstNotice: change.noticeDefaults?.firstNotice ?? issuer.noticeDefaults.firstNotice,
			reminder: change.noticeDefaults?.reminder ?? issuer.noticeDefaults.reminder,
		},
		evidenceForm: change.evidenceForm ?? issuer.evidenceForm,
		version: issuer.version + 1,
	};
	if (next.name.trim() === '' || next.name.length > longestName) throw invalid('a name has 1 to 200 characters');
	if (!Number.isInteger(next.defaultExpiryDays) || next.defaultExpiryDays < 1 || next.defaultExpiryDays > 365)
		throw invalid('the default expiry is 1 to 365 days');
	if (next.evidenceForm !== 'seed' && next.evidenceForm !== 'head') throw invalid('the evidence form is seed or head');
	return next;
}

function invalid(problem: string) {
	return gatewayError('ISSUER_INVALID', { problem });
}

/** Checks a credential's label. @throws DomainError CREDENTIAL_INVALID */
export function checkedLabel(label: string): string {
	const tidy = label.trim();
	if (tidy === '' || tidy.length > longestName) throw gatewayError('CREDENTIAL_INVALID', { problem: 'a label has 1 to 200 characters' });
	return tidy;
}

/** Checks the bounds of a page. @throws DomainError PAGE_INVALID */
export function checkedPage({ after = '', limit = 100 }: Partial<Page>): Page {
	if (!Number.isInteger(limit) || limit < 1 || limit > 1000) throw gatewayError('PAGE_INVALID');
	return { after, limit };
}

/** A certificate's fingerprint: SHA-256 of its DER bytes, in hexadecimal. @throws DomainError CREDENTIAL_INVALID */
export function fingerprintOf(pem: string): string {
	try {
		return new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
	} catch (cause) {
		throw gatewayError('CREDENTIAL_INVALID', { problem: 'this is no certificate in PEM' }, { cause });
	}
}
