/** A process for the tests of runUntilStopped: behaves as its first argument says, and prints what it does. */
import { createLogger } from '../logs/create.ts';
import { runUntilStopped } from './run.ts';

const behaviour = process.argv[2];
const say = (text: string) => process.stdout.write(`${text}\n`);
const never = new Promise<void>(() => {});
const alive = setInterval(() => {}, 1_000);

await runUntilStopped({
	logger: createLogger({ service: 'fixture', destination: 2 }),
	timeoutMs: 300,
	start: async () => {
		if (behaviour === 'fails-to-start') throw new Error('no port');
		if (behaviour === 'slow-start') {
			say('starting');
			await new Promise((resolve) => process.stdin.once('data', resolve));
		}
		say('started');
		if (behaviour === 'throws') {
			setImmediate(() => {
				throw new Error('nobody catches');
			});
		}
		if (behaviour === 'rejects') void Promise.reject(new Error('nobody cares'));
	},
	stop: async () => {
		say('draining');
		if (behaviour === 'hangs') await never;
		if (behaviour === 'fails-to-stop') throw new Error('store is gone');
		clearInterval(alive);
		say('drained');
	},
});
