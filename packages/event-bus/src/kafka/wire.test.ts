import { describe, expect, test } from 'vitest';
import type { BusMessage } from '../port.ts';
import { letterKeys, letterOf, letterRecord, messageOf, pastOf, recordOf, redriveRecord } from './wire.ts';

const at = new Date('2026-03-01T10:00:00.123Z');
const message: BusMessage = {
	id: '0198',
	topic: 't',
	key: '42',
	type: 'fefaent.notification.deposited.v1',
	at,
	headers: {
		'ce-id': '0198',
		'ce-type': 'fefaent.notification.deposited.v1',
		'ce-time': at.toISOString(),
		'ce-source': '/à',
		traceparent: '00-1-2-01',
		'content-type': 'application/protobuf',
	},
	body: new Uint8Array([1, 2, 255]),
};

/** As it comes back from a broker. */
function received(record: ReturnType<typeof recordOf>) {
	const headers = Object.fromEntries(Object.entries(record.headers ?? {}).map(([name, value]) => [name, Buffer.from(String(value))]));
	return { key: Buffer.from(String(record.key)), value: record.value as Buffer, headers };
}

describe('a message on Kafka', () => {
	test('carries CloudEvents attributes as its binding says, and nothing twice', () => {
		expect(recordOf(message)).toEqual({
			key: '42',
			value: Buffer.from([1, 2, 255]),
			headers: {
				ce_id: '0198',
				ce_type: 'fefaent.notification.deposited.v1',
				ce_time: '2026-03-01T10:00:00.123Z',
				ce_source: '/à',
				traceparent: '00-1-2-01',
				'content-type': 'application/protobuf',
			},
		});
	});

	test.each([
		['with attributes', message],
		['without', { ...message, headers: {} }],
		['with others', { ...message, headers: { 'ce-id': 'x', 'ce-time': 'never' } }],
	])('%s comes back as it was', (_, sent) => {
		const back = messageOf('t', 'place', received(recordOf(sent)));
		expect({ ...back, body: [...back.body] }).toEqual({ ...sent, body: [...sent.body] });
	});

	test('that somebody else wrote has its place for an id', () => {
		expect(messageOf('t', 't/0/7', { key: null, value: null })).toEqual({
			id: 't/0/7',
			topic: 't',
			key: '',
			type: '',
			at: new Date(0),
			headers: {},
			body: new Uint8Array(),
		});
	});
});

describe('a dead letter', () => {
	const death = {
		message: { ...message, offset: 9 },
		reason: 'told to',
		attempts: 3,
		diedAt: at,
		history: [{ attempt: 3, at, reason: 'told to' }],
	};
	const subscription = { topic: 't', group: 'g' };

	test('comes back whole, and so does what is redriven of it', () => {
		const record = letterRecord(death, { life: 0, partition: 2, offset: 9 });
		expect(record.key).toBe('0198');
		const letter = letterOf(subscription, received(record));
		expect(letter).toMatchObject({ id: '0198', key: '42', group: 'g', reason: 'told to', attempts: 3, diedAt: at, history: death.history });
		expect(letter.headers).toEqual(message.headers);
		const back = received(redriveRecord(letter));
		expect(back.key.toString()).toBe('42');
		expect(pastOf(back.headers)).toEqual({ life: 1, attempts: 3, history: death.history, partition: 2, offset: 9 });
		expect(messageOf('t', '', back)).toMatchObject({ id: '0198', key: '42', headers: message.headers });
	});

	test('of a later life has a key of its own, and forgetting it forgets the earlier ones', () => {
		const letter = letterOf(subscription, received(letterRecord(death, { life: 2, partition: 0, offset: 9 })));
		expect(letter.record).toBe('0198~2');
		expect(letterKeys(letter)).toEqual(['0198', '0198~1', '0198~2']);
	});
});
