import { z } from 'zod';
import { named } from '../../openapi/names.ts';
import { instant } from '../shared/fields.ts';
import { words } from '../shared/vocabulary.ts';

const evidence = z.object({
	id: z.string(),
	transition: words.transition.schema.optional(),
	sha256: z.string().describe('Of the sealed document, in hexadecimal.'),
	issuedAt: instant.optional(),
	level: z.string().describe('XAdES level: B-B or B-T.'),
	purged: z.boolean().describe('Whether the document was forgotten with its notification; that it existed stays known.'),
});

/** Evidences of a notification. */
export const evidenceList = named('EvidenceList', z.object({ items: z.array(evidence) }));

/** Whom to trust. */
export const trust = named(
	'Trust',
	z.object({
		signerCaPem: z.string().optional().describe('Authority of the signer.'),
		signerPem: z.string().optional().describe('The certificate that signs.'),
		tsaCaPem: z.string().optional().describe('Authority of the time-stamping authority; absent when it is external and not configured.'),
		test: z.boolean().describe('Whether these are test authorities, whose evidences prove nothing.'),
	}),
);
