import type { DeleteTemplateRequest, DeleteTemplateResponse, PutTemplateRequest, PutTemplateResponse } from '@fefaent/contracts/notifier';
import { languageOf } from '../domain/language.ts';
import { everyVariable } from '../domain/sample.ts';
import { checkTemplate, checkTemplateKey } from '../domain/template.ts';
import { notifierError } from '../errors.ts';
import type { OperationDeps } from '../operations/deps.ts';

/** Stores an override that was tried out first. */
export async function putTemplate({ template }: PutTemplateRequest, { store }: OperationDeps): Promise<PutTemplateResponse> {
	if (template === undefined) throw notifierError('ITEM_INVALID', { field: 'template' });
	checkTemplateKey(template);
	const unknownVariables = [...checkTemplate(template, everyVariable(languageOf(template.language)))];
	await store.templates.put({ ...template, builtIn: false });
	return { unknownVariables };
}

/** Removes an override; the next one in line is used from then on. */
export async function deleteTemplate(request: DeleteTemplateRequest, { store }: OperationDeps): Promise<DeleteTemplateResponse> {
	checkTemplateKey(request);
	return { removed: await store.templates.remove(request) };
}
