import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compileSchema, type XmlDocument, type XmlNode } from '@fefaent/xml';

/** Where the schemas stand that the contract's owner published; not part of the checkout. */
export const publishedFolder = join(import.meta.dirname, '../../../shared/reference/xsd');
/** Whether they are there. */
export const publishedPresent = existsSync(publishedFolder);

const answers = ['enotumlite-2017/api/Respostes.xsd', 'enotumlite-head/Respostes.xsd'];

/** What the published schemas of both variants find wrong with an answer; nothing where they are not at hand. */
export function publishedFindings(answer: XmlDocument | XmlNode): readonly string[] {
	if (!publishedPresent) return [];
	return answers.flatMap((file) =>
		compileSchema(join(publishedFolder, file))
			.validate(answer)
			.map(({ message, path }) => `${file} ${path.map(({ name }) => name).join('/')}: ${message}`),
	);
}
