// OTLP messages as opentelemetry-proto defines them, read by hand: neither the product nor its exporter checks itself.

/** A span that was exported. */
export interface ExportedSpan {
	readonly traceId: string;
	readonly spanId: string;
	/** Empty for a root. */
	readonly parentSpanId: string;
	readonly name: string;
	/** Name of the tracer. */
	readonly scope: string;
	/** Trace ids of what it is linked to. */
	readonly links: readonly string[];
	readonly attributes: Attributes;
}

/** A metric that was exported, with the attributes of each of its points. */
export interface ExportedMetric {
	readonly name: string;
	readonly scope: string;
	readonly points: readonly Attributes[];
}

type Attributes = Readonly<Record<string, string>>;

/** Reads an `ExportTraceServiceRequest`. */
export function spansOf(request: Uint8Array): ExportedSpan[] {
	return messages(request, 1).flatMap((resource) =>
		messages(resource, 2).flatMap((scoped) =>
			messages(scoped, 2).map((span) => ({
				traceId: hex(span, 1),
				spanId: hex(span, 2),
				parentSpanId: hex(span, 4),
				name: text(span, 5),
				scope: scopeName(scoped),
				links: messages(span, 13).map((link) => hex(link, 1)),
				attributes: attributes(span, 9),
			})),
		),
	);
}

/** Reads an `ExportMetricsServiceRequest`. */
export function metricsOf(request: Uint8Array): ExportedMetric[] {
	return messages(request, 1).flatMap((resource) =>
		messages(resource, 2).flatMap((scoped) =>
			messages(scoped, 2).map((metric) => ({ name: text(metric, 1), scope: scopeName(scoped), points: pointsOf(metric) })),
		),
	);
}

/** The attributes of the resource: who exports. */
export function resourceOf(request: Uint8Array): Attributes {
	return Object.assign({}, ...messages(request, 1).flatMap((one) => messages(one, 1).map((resource) => attributes(resource, 1))));
}

/** Field of a metric's data, and in a data point of it the field of the attributes. */
const kinds = { gauge: [5, 7], sum: [7, 7], histogram: [9, 9] } as const;

function pointsOf(metric: Uint8Array): Attributes[] {
	return Object.values(kinds).flatMap(([data, of]) =>
		messages(metric, data).flatMap((one) => messages(one, 1).map((point) => attributes(point, of))),
	);
}

function scopeName(scoped: Uint8Array): string {
	return messages(scoped, 1).map((scope) => text(scope, 1))[0] ?? '';
}

/** KeyValue: key 1, AnyValue 2, of which a string is field 1; any other value is given by its bytes. */
function attributes(message: Uint8Array, field: number): Attributes {
	return Object.fromEntries(
		messages(message, field).map((pair) => {
			const value = messages(pair, 2)[0] ?? new Uint8Array();
			return [text(pair, 1), messages(value, 1).length > 0 ? text(value, 1) : Buffer.from(value).toString('hex')];
		}),
	);
}

const text = (message: Uint8Array, field: number): string => Buffer.from(messages(message, field)[0] ?? []).toString('utf8');
const hex = (message: Uint8Array, field: number): string => Buffer.from(messages(message, field)[0] ?? []).toString('hex');

/** Every length-delimited field of that number, in order (protobuf encoding). */
function messages(message: Uint8Array, wanted: number): Uint8Array[] {
	const found: Uint8Array[] = [];
	let at = 0;
	const varint = (): number => {
		let value = 0;
		for (let scale = 1; ; scale *= 128) {
			const byte = message[at++];
			if (byte === undefined) throw new RangeError('a message that ends too soon');
			value += (byte & 0x7f) * scale;
			if (byte < 0x80) return value;
		}
	};
	while (at < message.length) {
		const tag = varint();
		const wire = tag & 7;
		if (wire === 0) varint();
		else if (wire === 1) at += 8;
		else if (wire === 5) at += 4;
		else if (wire === 2) {
			const length = varint();
			if (at + length > message.length) throw new RangeError('a field that ends too late');
			if (tag >>> 3 === wanted) found.push(message.subarray(at, at + length));
			at += length;
		} else throw new RangeError(`no wire type: ${wire}`);
	}
	return found;
}
