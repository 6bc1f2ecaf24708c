import type { Template } from '@fefaent/contracts/notifier';
import { type TemplateChoice, templateKey } from '../domain/template.ts';
import type { NotifierStore } from '../store/port.ts';
import { builtInTemplate } from '../templates/built-in/index.ts';

/** The templates that notices of these issuers are chosen from: one look into the store for all of them. */
export async function templateChoice(store: NotifierStore, issuerCodes: readonly string[]): Promise<TemplateChoice> {
	const overrides = await store.templates.ofIssuers([...new Set(['', ...issuerCodes])]);
	return { overrides: new Map(overrides.map((one): [string, Template] => [templateKey(one), one])), builtIn: builtInTemplate };
}
