import { type ListTemplatesRequest, type ListTemplatesResponse, Template, type TemplatePosition } from '@fefaent/contracts/notifier';
import { checkTemplateKey, type TemplateKey, templateKey } from '../domain/template.ts';
import { notifierError } from '../errors.ts';
import type { OperationDeps } from '../operations/deps.ts';
import type { TemplateStore } from '../store/port.ts';
import { builtInTemplates } from '../templates/built-in/index.ts';
import { checkedLimit } from './requests.ts';

/** Most bytes of texts in a page that holds more than one template: an answer must fit into one message of gRPC, 4 MB. */
const maxPageBytes = 2_000_000;

/** Overrides read at once: the longest ones take some 500 kB each. */
const readAtOnce = 10;

/** A page of the built-in templates, then the overrides. @throws `BATCH_SIZE`, `ITEM_INVALID` */
export async function listTemplates(request: ListTemplatesRequest, { store }: OperationDeps): Promise<ListTemplatesResponse> {
	const limit = checkedLimit(request.limit);
	const templates: Template[] = [];
	let bytes = 0;
	for await (const template of templatesAfter(request, store.templates)) {
		bytes += Template.encode(template).finish().length;
		const last = templates.at(-1);
		if (last !== undefined && (templates.length === limit || bytes > maxPageBytes)) return { templates, nextAfter: positionOf(last) };
		templates.push(template);
	}
	return { templates };
}

async function* templatesAfter({ issuerCode, after }: ListTemplatesRequest, store: TemplateStore): AsyncGenerator<Template> {
	if (after !== undefined) checkTemplateKey(after);
	if (after === undefined || after.builtIn) yield* builtInAfter(after);
	const issuerCodes = issuerCode === '' ? undefined : ['', issuerCode];
	let last: TemplateKey | undefined = after?.builtIn === false ? after : undefined;
	do {
		const found: readonly Template[] = await store.page({ issuerCodes, after: last, limit: readAtOnce });
		yield* found;
		last = found.length === readAtOnce ? found.at(-1) : undefined;
	} while (last !== undefined);
}

function builtInAfter(after: TemplatePosition | undefined): readonly Template[] {
	if (after === undefined) return builtInTemplates;
	const index = builtInTemplates.findIndex((one) => templateKey(one) === templateKey(after));
	if (index === -1) throw notifierError('ITEM_INVALID', { field: 'after' });
	return builtInTemplates.slice(index + 1);
}

function positionOf({ builtIn, issuerCode, channel, kind, language }: Template): TemplatePosition {
	return { builtIn, issuerCode, channel, kind, language };
}
