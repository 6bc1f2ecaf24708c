import { HttpRefusal } from '../../http/refusal.ts';

const form = /^\s*([\w.+-]+\/[\w.+-]+)\s*(;.*)?$/;
const charsetParameter = /;\s*charset\s*=\s*("([^"]*)"|[^\s;"]+)/i;

/**
 * Checks the Content-Type of a SOAP 1.1 request: `text/xml`, or `application/xml`, which some clients send.
 * @returns its charset, if it has one @throws HttpRefusal 415
 */
export function charsetOf(contentType: string | undefined): string | undefined {
	const [, type, parameters = ''] = form.exec(contentType ?? '') ?? [];
	const name = type?.toLowerCase();
	if (name !== 'text/xml' && name !== 'application/xml')
		throw new HttpRefusal('media-type', 'a request is text/xml', { Accept: 'text/xml' });
	const [, bare, quoted] = charsetParameter.exec(parameters) ?? [];
	return quoted ?? bare;
}
