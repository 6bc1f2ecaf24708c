import { type HttpAnswer, type HttpRecorder, type HttpRecorderOptions, type ReceivedRequest, startHttpRecorder } from './http-recorder.ts';
import { actualitzarEstatAnswer, soapContentType } from './soap-answers.ts';

/**
 * Starts an issuer's callback endpoint: an HTTP(S) server that keeps what it gets and, unless told otherwise, accepts it: an `ActualitzarEstat` with
 * the SOAP answer that names its `IdNotificacio`, anything else with 204.
 */
export function startCallbackReceiver(options: HttpRecorderOptions = {}): Promise<HttpRecorder> {
	return startHttpRecorder({ ...options, respond: options.respond ?? acceptCallback });
}

/** The answer of an issuer that takes whatever it is told. */
export function acceptCallback(request: ReceivedRequest): HttpAnswer {
	const idNotificacio = idNotificacioOf(request);
	if (idNotificacio === undefined) return { status: 204 };
	return { headers: { 'content-type': soapContentType }, body: actualitzarEstatAnswer(idNotificacio) };
}

/** The `IdNotificacio` that an `ActualitzarEstat` request carries, undefined when it is no such request. */
export function idNotificacioOf(request: ReceivedRequest): string | undefined {
	const body = request.body.toString('utf8');
	if (!/<(?:[\w-]+:)?ActualitzarEstat\b/.test(body)) return undefined;
	return /<(?:[\w-]+:)?IdNotificacio>\s*(\d+)\s*</.exec(body)?.[1];
}
