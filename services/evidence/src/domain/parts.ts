import { DigestAlgorithm, type Document, DocumentKind, NotificationKind } from '@fefaent/contracts/notification';
import type { EvidenceFacts } from './facts.ts';
import { type EvidenceNode, group, text } from './node.ts';

const algorithmNames: Readonly<Partial<Record<DigestAlgorithm, string>>> = {
	[DigestAlgorithm.SHA256]: 'SHA-256',
	[DigestAlgorithm.SHA384]: 'SHA-384',
	[DigestAlgorithm.SHA512]: 'SHA-512',
};

/** `DadesNotificacio`, the same in both forms. */
export function notificationData(facts: EvidenceFacts): EvidenceNode {
	const { draft } = facts;
	return group(
		'DadesNotificacio',
		text('IdNotificacio', String(facts.notificationId)),
		text('Referencia', draft.reference),
		text('Titol', draft.title),
		text('TipusObjecte', draft.kind === NotificationKind.COMMUNICATION ? 'COMUNICACIO' : 'NOTIFICACIO'),
		text('DataCreacio', facts.createdAt),
		text('DataDiposit', facts.depositedAt),
		facts.practisedAt === undefined ? undefined : text('DataPracticar', facts.practisedAt),
	);
}

/**
 * `Documents`, the same in both forms. All of them, although the seed's schema stops at five: an evidence that left some out would prove less than
 * what was notified (eNotumLite contract, section 10).
 */
export function documentList(documents: readonly Document[]): EvidenceNode {
	return group(
		'Documents',
		documents.map((one) => group('Document', text('Nom', one.name), digest(one), text('Tipus', documentKind(one.kind)))),
	);
}

function digest({ algorithm, digest: bytes }: Document): EvidenceNode {
	const name = algorithmNames[algorithm];
	return text('DigestDocument', base64(bytes), name === undefined ? {} : { digestAlgorithm: name });
}

const documentKind = (kind: DocumentKind): string => (kind === DocumentKind.ANNEX ? 'Annex' : 'Resolució');

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
