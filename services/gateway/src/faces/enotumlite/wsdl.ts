import { readFileSync } from 'node:fs';
import { publishDescription, type SchemaFiles, schemaFilesFrom } from '@fefaent/xml';
import type { Answer } from '../../http/exchange.ts';
import { soapType } from './fault.ts';
import { schemaFolder } from './schema.ts';

/** Serves the WSDL and its schemas with the addresses by which the caller reached us. */
export class WsdlPages {
	readonly #wsdl = readFileSync(`${schemaFolder}enotumlite.wsdl`, 'utf8');
	readonly #schemas: SchemaFiles = schemaFilesFrom(schemaFolder);

	/**
	 * @param query the part after `?`: `wsdl`, or `xsd=NAME`
	 * @param address of the face, absolute
	 */
	page(query: string, address: string): Answer {
		if (/^wsdl(=.*)?$/i.test(query)) return page(publishDescription(this.#wsdl, address));
		const schema = this.#schemas.get(/^xsd=([\w.-]+)$/i.exec(query)?.[1] ?? '');
		if (schema) return page(publishDescription(Buffer.from(schema).toString('utf8'), address));
		return { status: 404, contentType: 'text/plain; charset=utf-8', body: 'there are ?wsdl and ?xsd=NAME\n' };
	}
}

function page(body: string): Answer {
	return { status: 200, contentType: soapType, body };
}
