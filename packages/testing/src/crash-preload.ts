/**
 * Loaded into a child process by `node --import`, before the product: kills the process (SIGKILL) at the crash point that the environment names, and logs
 * the points that it passes. Product code knows nothing of it. Works because the product resolves the kernel to the very file that this module does, so both
 * have the same hook. A worker thread inherits it and counts for itself; the kill ends the whole process.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { armCrashpoints } from '@fefaent/kernel';
import { crashFileVariable, crashLogVariable, crashVariable, parseCrashPlan } from './crash-plan.ts';

const wanted = process.env[crashVariable];
const file = process.env[crashFileVariable];
const log = process.env[crashLogVariable];

if (wanted || file || log) {
	let text = wanted;
	let plan = wanted ? parseCrashPlan(wanted) : undefined;
	const seen = new Set<string>();
	let passings = 0;
	armCrashpoints((name) => {
		if (log && seen.size > 0 && !existsSync(log)) seen.clear();
		if (log && !seen.has(name)) {
			seen.add(name);
			appendFileSync(log, `${name}\n`);
		}
		if (file) {
			// A worker thread hears of it like this, too.
			const said = existsSync(file) ? readFileSync(file, 'utf8') : '';
			if (said !== text) {
				text = said;
				passings = 0;
				plan = said ? parseCrashPlan(said) : undefined;
			}
		}
		if (name === plan?.point && ++passings === plan.passing) process.kill(process.pid, 'SIGKILL');
	});
}
