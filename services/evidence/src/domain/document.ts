import { EvidenceForm } from '@fefaent/contracts/notification';
import type { EvidenceFacts } from './facts.ts';
import { headForm } from './head-form.ts';
import type { EvidenceNode } from './node.ts';
import { seedForm } from './seed-form.ts';

const namespaces = { seed: 'http://www.aoc.cat/eNotum/evidencia', head: 'http://www.aoc.cat/eNotum' };

/**
 * The evidence document of the contract, unsigned.
 * @param evidenceId UUID; the root's `Id` (an XML name, so it begins with a letter), to which the published sample ties the signature
 */
export function evidenceDocument(facts: EvidenceFacts, evidenceId: string): EvidenceNode {
	const isHead = facts.form === EvidenceForm.HEAD;
	return {
		name: 'EvidenciaNotificacio',
		attributes: { xmlns: isHead ? namespaces.head : namespaces.seed, Id: `evidencia-${evidenceId}` },
		content: isHead ? headForm(facts) : seedForm(facts),
	};
}
