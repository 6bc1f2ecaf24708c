import { type Attributes, type Context, type Link, type SpanKind, TraceFlags, trace } from '@opentelemetry/api';
import {
	AlwaysOffSampler,
	AlwaysOnSampler,
	ParentBasedSampler,
	type Sampler,
	SamplingDecision,
	type SamplingResult,
	TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The sampler that `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG` name (OpenTelemetry specification, "General SDK Configuration"); unset or
 * unknown: `parentbased_always_on`. Whatever it says of new traces, one that goes on from others (a batch, linked to what it holds) is recorded when
 * one of those is: else a trace that was chosen would end at its first batch.
 */
export function samplerOf(env: Environment): Sampler {
	return new FollowingSampler(configured(env));
}

function configured({ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: arg }: Environment): Sampler {
	const ratio = arg === undefined || arg.trim() === '' ? Number.NaN : Number(arg);
	const root = new TraceIdRatioBasedSampler(ratio >= 0 && ratio <= 1 ? ratio : 1);
	switch (name) {
		case 'always_on':
			return new AlwaysOnSampler();
		case 'always_off':
			return new AlwaysOffSampler();
		case 'traceidratio':
			return root;
		case 'parentbased_always_off':
			return new ParentBasedSampler({ root: new AlwaysOffSampler() });
		case 'parentbased_traceidratio':
			return new ParentBasedSampler({ root });
		default:
			return new ParentBasedSampler({ root: new AlwaysOnSampler() });
	}
}

class FollowingSampler implements Sampler {
	readonly #configured: Sampler;

	constructor(own: Sampler) {
		this.#configured = own;
	}

	shouldSample(parent: Context, traceId: string, name: string, kind: SpanKind, attributes: Attributes, links: Link[]): SamplingResult {
		if (trace.getSpanContext(parent) === undefined && links.length > 0) {
			const chosen = links.some((link) => (link.context.traceFlags & TraceFlags.SAMPLED) !== 0);
			return { decision: chosen ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD };
		}
		return this.#configured.shouldSample(parent, traceId, name, kind, attributes, links);
	}

	toString(): string {
		return `Following{${this.#configured.toString()}}`;
	}
}
