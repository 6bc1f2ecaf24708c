// OTLP messages as opentelemetry-proto 1.x defines them, read by hand: neither the product nor its exporter checks itself.

/** A value of an attribute. */
export type AttributeValue = string | number | boolean;

/** Attributes by their names. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** The kinds of spans, by their numbers (`Span.SpanKind`). */
const spanKinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'] as const;

/** A span that was exported. */
export interface ExportedSpan {
	/** `service.name` of who made it. */
	readonly service: string;
	readonly traceId: string;
	readonly spanId: string;
	/** Empty for a root. */
	readonly parentSpanId: string;
	readonly name: string;
	readonly kind: (typeof spanKinds)[number];
	/** Name of the tracer. */
	readonly scope: string;
	/** Nanoseconds since 1970. */
	readonly start: bigint;
	readonly end: bigint;
	readonly failed: boolean;
	readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
	readonly attributes: Attributes;
}

/** A data point of a metric. */
export interface ExportedPoint {
	readonly attributes: Attributes;
	/** Of a counter or gauge its value; of a histogram the sum. */
	readonly value: number;
	/** Of a histogram: how many values, in which buckets, and these buckets' bounds. */
	readonly count?: number;
	readonly buckets?: readonly number[];
	readonly bounds?: readonly number[];
}

/** A metric that was exported. */
export interface ExportedMetric {
	readonly service: string;
	readonly name: string;
	readonly unit: string;
	readonly type: 'gauge' | 'counter' | 'histogram';
	readonly scope: string;
	readonly points: readonly ExportedPoint[];
}

/** Reads an `ExportTraceServiceRequest`. */
export function spansOf(request: Uint8Array): ExportedSpan[] {
	return new Message(request).messages(1).flatMap((resource) =>
		resource.messages(2).flatMap((scoped) =>
			scoped.messages(2).map((span) => ({
				service: serviceOf(resource),
				traceId: span.hex(1),
				spanId: span.hex(2),
				parentSpanId: span.hex(4),
				name: span.text(5),
				kind: spanKinds[Number(span.integer(6))] ?? 'UNSPECIFIED',
				scope: scopeOf(scoped),
				start: span.integer(7),
				end: span.integer(8),
				// Status.code ERROR
				failed: span.messages(15).some((status) => status.integer(3) === 2n),
				links: span.messages(13).map((link) => ({ traceId: link.hex(1), spanId: link.hex(2) })),
				attributes: attributesOf(span, 9),
			})),
		),
	);
}

/** Reads an `ExportMetricsServiceRequest`. */
export function metricsOf(request: Uint8Array): ExportedMetric[] {
	return new Message(request).messages(1).flatMap((resource) =>
		resource.messages(2).flatMap((scoped) =>
			scoped.messages(2).map((metric) => ({
				service: serviceOf(resource),
				name: metric.text(1),
				unit: metric.text(3),
				type: typeOf(metric),
				scope: scopeOf(scoped),
				points: [
					...[5, 7].flatMap((data) => metric.messages(data).flatMap((one) => one.messages(1).map(numberPoint))),
					...metric.messages(9).flatMap((one) => one.messages(1).map(histogramPoint)),
				],
			})),
		),
	);
}

/** The attributes of the resource: who exports. */
export function resourceOf(request: Uint8Array): Attributes {
	return Object.assign({}, ...new Message(request).messages(1).map(resourceAttributes));
}

const resourceAttributes = (resource: Message): Attributes => Object.assign({}, ...resource.messages(1).map((one) => attributesOf(one, 1)));
const serviceOf = (resource: Message): string => String(resourceAttributes(resource)['service.name'] ?? '');
const scopeOf = (scoped: Message): string => scoped.messages(1)[0]?.text(1) ?? '';

function typeOf(metric: Message): ExportedMetric['type'] {
	if (metric.messages(9).length > 0) return 'histogram';
	return metric.messages(7).length > 0 ? 'counter' : 'gauge';
}

/** NumberDataPoint: as_double 4, as_int 6, attributes 7. */
function numberPoint(point: Message): ExportedPoint {
	const [double] = point.doubles(4);
	return { attributes: attributesOf(point, 7), value: double ?? Number(BigInt.asIntN(64, point.integer(6))) };
}

/** HistogramDataPoint: count 4, sum 5, bucket_counts 6, explicit_bounds 7, attributes 9. */
function histogramPoint(point: Message): ExportedPoint {
	return {
		attributes: attributesOf(point, 9),
		value: point.doubles(5)[0] ?? 0,
		count: Number(point.integer(4)),
		buckets: point.fixed(6).map(Number),
		bounds: point.doubles(7),
	};
}

/** KeyValue: key 1, AnyValue 2: string 1, bool 2, int 3, double 4; any other value is given by its bytes. */
function attributesOf(message: Message, field: number): Attributes {
	return Object.fromEntries(
		message.messages(field).map((pair) => {
			const [value] = pair.messages(2);
			return [pair.text(1), value === undefined ? '' : readValue(value)];
		}),
	);
}

function readValue(value: Message): AttributeValue {
	if (value.has(1)) return value.text(1);
	if (value.has(2)) return value.integer(2) !== 0n;
	if (value.has(3)) return Number(BigInt.asIntN(64, value.integer(3)));
	return value.doubles(4)[0] ?? Buffer.from(value.bytes).toString('hex');
}

/** A protobuf message, by the numbers of its fields (protobuf encoding). Numbers are kept as their 64 bits. */
class Message {
	readonly bytes: Uint8Array;
	readonly #fields = new Map<number, (bigint | Uint8Array)[]>();

	constructor(bytes: Uint8Array) {
		this.bytes = bytes;
		const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
		let at = 0;
		const varint = (): bigint => {
			let value = 0n;
			for (let shift = 0n; ; shift += 7n) {
				const byte = view.readUInt8(at++);
				value |= BigInt(byte & 0x7f) << shift;
				if (byte < 0x80) return BigInt.asUintN(64, value);
			}
		};
		while (at < view.length) {
			const tag = Number(varint());
			let value: bigint | Uint8Array;
			switch (tag & 7) {
				case 0:
					value = varint();
					break;
				case 1:
					value = view.readBigUInt64LE(at);
					at += 8;
					break;
				case 2: {
					const length = Number(varint());
					if (at + length > view.length) throw new RangeError('a field that ends too late');
					value = view.subarray(at, at + length);
					at += length;
					break;
				}
				case 5:
					value = BigInt(view.readUInt32LE(at));
					at += 4;
					break;
				default:
					throw new RangeError(`no wire type: ${tag & 7}`);
			}
			const field = this.#fields.get(tag >>> 3);
			if (field) field.push(value);
			else this.#fields.set(tag >>> 3, [value]);
		}
	}

	has(field: number): boolean {
		return this.#fields.has(field);
	}

	/** Every message of that field, in order. */
	messages(field: number): Message[] {
		return this.#blocks(field).map((one) => new Message(one));
	}

	text(field: number): string {
		return Buffer.from(this.#blocks(field)[0] ?? []).toString('utf8');
	}

	hex(field: number): string {
		return Buffer.from(this.#blocks(field)[0] ?? []).toString('hex');
	}

	/** A varint or fixed number, 0 when it is not there. */
	integer(field: number): bigint {
		const value = this.#fields.get(field)?.at(-1);
		return typeof value === 'bigint' ? value : 0n;
	}

	/** Fixed 64-bit numbers, packed or not. */
	fixed(field: number): bigint[] {
		return (this.#fields.get(field) ?? []).flatMap((value) => {
			if (typeof value === 'bigint') return [value];
			const view = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
			return Array.from({ length: view.length / 8 }, (_, index) => view.readBigUInt64LE(index * 8));
		});
	}

	doubles(field: number): number[] {
		const bits = new BigUint64Array(1);
		const double = new Float64Array(bits.buffer);
		return this.fixed(field).map((value) => {
			bits[0] = value;
			return double[0] ?? 0;
		});
	}

	#blocks(field: number): Uint8Array[] {
		return (this.#fields.get(field) ?? []).filter((value) => typeof value !== 'bigint');
	}
}
