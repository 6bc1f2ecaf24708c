import { escapeAttribute } from './write.ts';

/**
 * A WSDL or XSD file as a service serves it: `{address}` becomes the service's address, and each relative `schemaLocation` that address with
 * `?xsd=name`, so that a client which follows the references finds all of them. Same-folder names only.
 * @param address where the service is, without query
 */
export function publishDescription(file: string, address: string): string {
	const base = escapeAttribute(address);
	return file
		.replaceAll('{address}', () => base)
		.replace(/ schemaLocation="([\w.-]+\.xsd)"/g, (_, name: string) => ` schemaLocation="${base}?xsd=${name}"`);
}
