import { createHash } from 'node:crypto';
import { type AddressOutcome, failed } from '../../domain/outcome.ts';
import { encodeGsm, encodeUcs2, smsParts } from '../../domain/sms-text.ts';
import type { OutgoingSms, SmsSender } from './port.ts';
import { SmppConnection, type SmppConnectionOptions, SmppError } from './smpp-connection.ts';

/** How SMS reach an SMPP server. */
export interface SmppSmsOptions extends SmppConnectionOptions {
	readonly from: string;
	/** Most SMS that wait for the server's answer. */
	readonly concurrency: number;
}

/** SMPP `data_coding`: the server's default alphabet, taken to be GSM's, and UCS-2 (SMPP 3.4 section 5.2.19). */
const dataCoding = { GSM: 0x00, UCS2: 0x08 } as const;

/** Hands SMS to an SMPP 3.4 server, long ones in parts that the handset joins. */
export class SmppSmsSender implements SmsSender {
	readonly name = 'smpp';
	readonly concurrency: number;
	readonly #connection: SmppConnection;
	readonly #source: Readonly<Record<string, unknown>>;

	constructor(options: SmppSmsOptions) {
		this.concurrency = options.concurrency;
		this.#connection = new SmppConnection(options);
		this.#source = sourceFields(options.from);
	}

	async send({ reference, to, text }: OutgoingSms, deadline: AbortSignal): Promise<AddressOutcome> {
		const { alphabet, parts } = smsParts(text);
		// The same at each attempt, so that a handset that got some parts before joins them with the others.
		const joint = createHash('sha256').update(reference).digest().readUInt8(0);
		const ids: string[] = [];
		try {
			for (const [index, part] of parts.entries()) {
				const message = alphabet === 'GSM' ? encodeGsm(part) : encodeUcs2(part);
				const fields = {
					...this.#source,
					dest_addr_ton: 1,
					dest_addr_npi: 1,
					destination_addr: to.replace(/^\+/, ''),
					data_coding: dataCoding[alphabet],
					registered_delivery: 0,
					short_message: parts.length === 1 ? { message } : { message, udh: joinHeader(joint, parts.length, index + 1) },
				};
				ids.push(await this.#connection.submit(fields, deadline));
			}
			return { kind: 'accepted', reference: ids[0] ?? '' };
		} catch (error) {
			if (error instanceof SmppError) return failed(error.failure);
			return failed(deadline.aborted ? 'TIMED_OUT' : 'UNKNOWN');
		}
	}

	close(): Promise<void> {
		return this.#connection.close();
	}
}

/** The header of a part: concatenation with an 8-bit reference (3GPP TS 23.040, section 9.2.3.24.1). */
function joinHeader(reference: number, of: number, number: number): Buffer {
	return Buffer.from([0x05, 0x00, 0x03, reference, of, number]);
}

/** Sender of a message by its form: an international number, a short code, or letters (SMPP 3.4 section 5.2.5 and 5.2.6). */
function sourceFields(from: string): Readonly<Record<string, unknown>> {
	if (/^\+\d{7,15}$/.test(from)) return { source_addr_ton: 1, source_addr_npi: 1, source_addr: from.slice(1) };
	if (/^\d{3,8}$/.test(from)) return { source_addr_ton: 3, source_addr_npi: 0, source_addr: from };
	return { source_addr_ton: 5, source_addr_npi: 0, source_addr: from.slice(0, 11) };
}
