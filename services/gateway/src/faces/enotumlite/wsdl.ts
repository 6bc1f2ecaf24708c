import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { escapeAttribute, type SchemaFiles, schemaFilesFrom } from '@fefaent/xml';
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
		if (/^wsdl(=.*)?$/i.test(query))
			return page(located(this.#wsdl, address).replace(/(<soap:address\s+location=")[^"]*(")/g, `$1${escapeAttribute(address)}$2`));
		const name = /^xsd=([^&]+)$/i.exec(query)?.[1];
		const schema = name === undefined ? undefined : this.#schemas.get(decoded(name));
		if (schema) return page(located(Buffer.from(schema).toString('utf8'), address));
		return { status: 404, contentType: 'text/plain; charset=utf-8', body: 'there are ?wsdl and ?xsd=NAME\n' };
	}
}

function page(body: string): Answer {
	return { status: 200, contentType: soapType, body };
}

/** Makes every reference to a schema file an address of its own: clients resolve them against wherever they found the file. */
function located(text: string, address: string): string {
	return text.replace(
		/(schemaLocation=")([^"]*)(")/g,
		(_, before: string, name: string, after: string) =>
			`${before}${escapeAttribute(`${address}?xsd=${encodeURIComponent(basename(name.replace(/^.*[?]xsd=/, '')))}`)}${after}`,
	);
}

function decoded(name: string): string {
	try {
		return decodeURIComponent(name);
	} catch {
		return '';
	}
}
