import { renderConfigMarkdown } from '@fefaent/service-kit';
import { settings, withQuickstart } from '../../services/standalone/src/settings.ts';
import { code, table } from './markdown.ts';

/** What each part is called in its heading. */
const titles: Readonly<Record<keyof typeof settings, string>> = {
	standalone: 'The process',
	gateway: 'Gateway: the public faces',
	admin: 'Gateway: the admin API',
	notification: 'Notification',
	'state-engine': 'State engine',
	evidence: 'Evidence',
	notifier: 'Notifier: e-mail and SMS',
	callback: 'Callback',
};

/** Every setting of every part, and what the sandbox presets. */
export function configurationPage(): string {
	const parts = Object.entries(settings).map(([part, schema]) => renderConfigMarkdown(titles[part as keyof typeof settings], schema));
	const presets = Object.entries(withQuickstart({})).map(([name, value]) => [code(name), code(value ?? '')]);
	return [
		...parts,
		'## What the sandbox presets',
		'',
		table(['Variable', 'Value while `FEFAENT_SANDBOX` is true'], presets),
		'',
		'`FEFAENT_OPEN_LOOPBACK` is preset only while `FEFAENT_HOST` is a loopback address.',
	].join('\n');
}
