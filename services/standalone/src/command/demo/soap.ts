import { childOf, parseXml, readTree, textOf, type XmlElement, type XmlMarkup } from '@fefaent/xml';
import { CommandFailure } from '../failure.ts';
import { enotumNs, envelope, soapNs } from './requests.ts';

/** Finds what an envelope's body holds. @throws CommandFailure when it is no SOAP 1.1 message */
export function bodyOf(bytes: Uint8Array): XmlElement {
	using document = parseXml(bytes);
	const body = childOf(readTree(document), 'Body', soapNs);
	const [content] = body?.children ?? [];
	if (!content) throw new CommandFailure('the message is no SOAP 1.1 envelope with a body');
	return content;
}

/** Calls the eNotumLite face with a request as an integrator would. */
export interface SoapCaller {
	/** @returns the one result of the answer @throws CommandFailure with the contract's code when it is an error */
	call(request: XmlMarkup): Promise<XmlElement>;
	/** @throws CommandFailure when nobody answers at the address */
	reach(): Promise<void>;
}

/** @param key an API key, where callers need one */
export function soapCaller(publicUrl: string, key: string | undefined): SoapCaller {
	const unreachable = (cause: unknown) =>
		new CommandFailure(`the public faces at ${publicUrl} cannot be reached`, 1, { cause, passing: true });
	return {
		reach: async () => {
			const signal = AbortSignal.timeout(30_000);
			const response = await fetch(new URL('/health/ready', publicUrl), { redirect: 'error', signal }).catch((cause: unknown) => {
				throw unreachable(cause);
			});
			await response.body?.cancel();
		},
		call: async (request) => {
			let response: Response;
			try {
				response = await fetch(new URL('/soap/enotum-lite', publicUrl), {
					method: 'POST',
					headers: {
						'Content-Type': 'text/xml; charset=utf-8',
						SOAPAction: '""',
						...(key !== undefined && { 'X-API-Key': key }),
					},
					body: envelope(request),
					redirect: 'error',
					signal: AbortSignal.timeout(30_000),
				});
			} catch (cause) {
				throw unreachable(cause);
			}
			if (response.status === 401)
				throw new CommandFailure('callers need a key here: make one with `fefaent key create` and give it as FEFAENT_API_KEY');
			return resultOf(bodyOf(await response.bytes()), response.status);
		},
	};
}

/** The contract's error of the server itself: the request may be made again. */
const serverFailed = 'ERR_02';

function resultOf(answer: XmlElement, status: number): XmlElement {
	if (answer.namespace !== enotumNs)
		throw new CommandFailure(`HTTP ${status}: ${textOf(answer, 'faultstring', '') ?? answer.name}`, 1, { passing: status === 503 });
	const [first] = answer.children;
	const error = first?.name === 'Error' ? first : first && childOf(first, 'Error');
	if (error) {
		const code = textOf(error, 'CodiError') ?? '';
		throw new CommandFailure(`${code} ${textOf(error, 'MissatgeError') ?? ''}`.trim(), 1, { passing: code === serverFailed });
	}
	if (!first) throw new CommandFailure(`${answer.name} holds no result`);
	return first;
}
