import { counter } from '@fefaent/service-kit';
import { trace } from '@opentelemetry/api';
import type { Answer, Exchange } from '../../http/exchange.ts';
import { HttpRefusal } from '../../http/refusal.ts';
import { serving } from '../../http/telemetry.ts';
import { enotumLitePath } from './names.ts';

const requests = counter('fefaent.gateway', 'fefaent.gateway.enotumlite.requests');

/** Runs a request inside its server span, which goes on from the caller's trace. */
export function traced(exchange: Exchange, run: () => Promise<Answer>): Promise<Answer> {
	return serving(
		{
			name: `POST ${enotumLitePath}`,
			method: 'POST',
			route: enotumLitePath,
			scheme: exchange.baseUrl.startsWith('https:') ? 'https' : 'http',
			traceparent: exchange.headers.traceparent,
			attributes: { 'url.path': enotumLitePath },
		},
		(result) => {
			if ('answer' in result) return result.answer.status;
			return result.error instanceof HttpRefusal ? result.error.status : 500;
		},
		run,
	);
}

/** Counts a request that was answered, when telemetry is on. */
export function recordRequest(operation: string, code: string): void {
	requests(1, { 'fefaent.operation': operation, 'fefaent.code': code });
	trace.getActiveSpan()?.setAttribute('fefaent.operation', operation);
}
