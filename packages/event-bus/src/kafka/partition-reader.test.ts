import type { KafkaMessage } from 'kafkajs';
import { describe, expect, test } from 'vitest';
import { PartitionReader } from './partition-reader.ts';
import { readProgress } from './progress.ts';

const message = (offset: number): KafkaMessage => ({
	key: Buffer.from('k'),
	value: Buffer.from(String(offset)),
	timestamp: '0',
	attributes: 0,
	offset: String(offset),
	headers: {},
});
const messages = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => message(from + index));
const open = () => new PartitionReader('t', 0, 't', () => {});
const positions = (reader: PartitionReader, limit: number) => reader.read(limit).map(({ position }) => position);

describe('a partition', () => {
	test('leaves out what was done before it began, also when a read ends within it', () => {
		const reader = open();
		reader.start(10, [
			[11, 13],
			[16, 16],
		]);
		expect([reader.next, reader.passed, reader.doneAhead]).toEqual([10, 9, 4]);
		reader.push(messages(10, 18), 17);
		const [first] = reader.read(1);
		expect(first?.position).toBe(10);
		expect(reader.doneAhead).toBe(4);
		expect(positions(reader, 10)).toEqual([14, 15, 17]);
		expect([reader.doneAhead, reader.passed]).toEqual([4, 9]);
		if (first) reader.settle(first);
		expect([reader.doneAhead, reader.passed]).toEqual([1, 13]);
	});

	test('commits what is done ahead, what it has not read again yet included', () => {
		const reader = open();
		reader.start(0, [[2, 50]]);
		reader.push(messages(0, 10), 9);
		const [zero, one] = reader.read(2);
		expect([zero?.position, one?.position]).toEqual([0, 1]);
		if (one) reader.settle(one);
		const { progress, committed } = reader.progress();
		expect(progress).toMatchObject({ topic: 't', partition: 0, offset: '0' });
		expect(readProgress(0, progress.metadata)).toEqual([
			[1, 1],
			[2, 50],
		]);
		expect(reader.isBehind).toBe(true);
		committed();
		expect(reader.isBehind).toBe(false);
		if (zero) reader.settle(zero);
		expect(reader.isBehind).toBe(true);
		expect(reader.progress().progress.offset).toBe('2');
	});

	test('redriven messages go before what waits in their topic, in their own order', () => {
		const retry = new PartitionReader('t.g.retry', 0, 't', () => {});
		retry.start(0, []);
		retry.push(messages(0, 2), 1);
		const own = open();
		own.start(0, []);
		own.push(messages(0, 1), 0);
		const [first, second, third] = [...retry.read(2), ...own.read(1)];
		expect([first?.lane, second?.lane, third?.lane]).toEqual(['t\nk', 't\nk', 't\nk']);
		expect((first?.offset ?? 0) < (second?.offset ?? 0) && (second?.offset ?? 0) < (third?.offset ?? 0)).toBe(true);
	});
});
