import { renderConfigMarkdown } from '@fefaent/service-kit';
import { withQuickstart } from '../../services/standalone/src/settings.ts';
import { code, table } from './markdown.ts';
import { type Part, parts, partsOf } from './processes.ts';

/** What each part is called in its heading. */
const titles: Readonly<Record<Part, string>> = {
	standalone: 'The process',
	gateway: 'Gateway: the public faces',
	admin: 'Gateway: the admin API',
	notification: 'Notification',
	s3: 'Notification: exports in S3',
	'state-engine': 'State engine',
	evidence: 'Evidence',
	notifier: 'Notifier: e-mail and SMS',
	callback: 'Callback',
	process: 'The process of one service',
};

/** What each process is started by. */
const mains = (name: string): string => `services/${name}/src/main.ts`;

/** Every setting of every part, which process reads which, and what the sandbox presets. */
export function configurationPage(): string {
	const sections = Object.entries(parts).map(([part, schema]) => renderConfigMarkdown(titles[part as Part], schema));
	const presets = Object.entries(withQuickstart({})).map(([name, value]) => [code(name), code(value ?? '')]);
	const processes = Object.entries(partsOf).map(([name, read]) => [
		code(name),
		code(mains(name)),
		read.map((part) => `[${titles[part]}](#${anchorOf(titles[part])})`).join(', '),
	]);
	return [
		'## Settings by process',
		'',
		table(['Process', 'Started by', 'Reads'], processes),
		'',
		...sections,
		'## What the sandbox presets',
		'',
		table(['Variable', 'Value while `FEFAENT_SANDBOX` is true'], presets),
		'',
		'`FEFAENT_OPEN_LOOPBACK` is preset only while `FEFAENT_HOST` is a loopback address. Processes of one service have none of these presets.',
	].join('\n');
}

/** What a heading is linked to by. */
function anchorOf(heading: string): string {
	return heading
		.toLowerCase()
		.replaceAll(/[^\w -]/g, '')
		.replaceAll(' ', '-');
}
