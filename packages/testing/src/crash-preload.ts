/**
 * Loaded into a child process by `node --import`, before the product: kills the process (SIGKILL) at the crash point that the environment names, and logs
 * the points that it passes. Product code knows nothing of it. Works because the product resolves the kernel to the very file that this module does, so both
 * have the same hook. A worker thread inherits it and counts for itself; the kill ends the whole process.
 */
import { appendFileSync } from 'node:fs';
import { armCrashpoints } from '@fefaent/kernel';
import { crashLogVariable, crashVariable, parseCrashPlan } from './crash-plan.ts';

const wanted = process.env[crashVariable];
const log = process.env[crashLogVariable];

if (wanted || log) {
	const plan = wanted ? parseCrashPlan(wanted) : undefined;
	const seen = new Set<string>();
	let passings = 0;
	armCrashpoints((name) => {
		if (log && !seen.has(name)) {
			seen.add(name);
			appendFileSync(log, `${name}\n`);
		}
		if (name === plan?.point && ++passings === plan.passing) process.kill(process.pid, 'SIGKILL');
	});
}
