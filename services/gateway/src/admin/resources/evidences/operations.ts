import { Transition } from '@fefaent/contracts/notification';
import { z } from 'zod';
import { adminError } from '../../errors.ts';
import { operation } from '../../http/route.ts';
import { hex, idText, isoAs, textAs } from '../shared/fields.ts';
import { words } from '../shared/vocabulary.ts';
import { evidenceList, trust } from './schemas.ts';

const path = '/admin/v1/notifications/{id}/evidences';
const tag = 'evidences';

const transitions = Object.values(Transition).filter((one) => words.transition.toWord(one) !== undefined);

/** Operations on evidences. */
export const evidenceOperations = [
	operation({
		method: 'get',
		path,
		id: 'listEvidences',
		tag,
		summary: 'Lists the evidences of a notification, purged ones included.',
		input: { params: z.object({ id: idText }) },
		success: { status: 200, says: 'Its evidences.', json: evidenceList },
		handle: async ({ evidences }, { params: { id } }) => {
			const { results } = await evidences.get({ keys: transitions.map((transition) => ({ notificationId: id, transition })) });
			return {
				items: results
					.map((one) => one.evidence)
					.filter((one) => one !== undefined)
					.map((one) => {
						const transition = words.transition.toWord(one.transition);
						return {
							id: one.id,
							...(transition && { transition }),
							sha256: hex(one.sha256),
							...isoAs('issuedAt', one.issuedAt),
							level: one.level,
							purged: one.xml.byteLength === 0,
						};
					}),
			};
		},
	}),
	operation({
		method: 'get',
		path: `${path}/{transition}`,
		id: 'getEvidence',
		tag,
		summary: 'The sealed evidence of a transition, as it was signed.',
		input: { params: z.object({ id: idText, transition: words.transition.schema.describe('What it proves.') }) },
		success: { status: 200, says: 'The evidence.', file: 'application/xml' },
		failures: { 404: 'EVIDENCE_UNKNOWN, EVIDENCE_PURGED.' },
		handle: async ({ evidences }, { params: { id, transition } }) => {
			const { results } = await evidences.get({ keys: [{ notificationId: id, transition: words.transition.toCore(transition) }] });
			const found = results[0]?.evidence;
			if (!found) throw adminError('EVIDENCE_UNKNOWN', { id: String(id) });
			if (found.xml.byteLength === 0) throw adminError('EVIDENCE_PURGED', { sha256: hex(found.sha256) });
			return { bytes: found.xml, fileName: `evidence-${id}-${transition}.xml` };
		},
	}),
	operation({
		method: 'get',
		path: '/admin/v1/trust',
		id: 'getTrust',
		tag,
		summary: 'Which certificates to trust when verifying evidences of this installation.',
		input: {},
		success: { status: 200, says: 'Certificates in PEM.', json: trust },
		handle: async ({ evidences }) => {
			const found = await evidences.getTrust({});
			return {
				...textAs('signerCaPem', found.signerCaPem),
				...textAs('signerPem', found.signerPem),
				...textAs('tsaCaPem', found.tsaCaPem),
				test: found.test,
			};
		},
	}),
];
