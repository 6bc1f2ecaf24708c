import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CallbackForm, CredentialKind } from '@fefaent/contracts/callback';
import { createLogger } from '@fefaent/service-kit';
import { startStandalone } from '@fefaent/standalone';
import { acceptCallback, eventually, startCallbackReceiver, startSmtpSink, temporaryFolder } from '@fefaent/testing';
import { expect, test } from 'vitest';
import { consultRequest, createRequest, practiseRequest } from '../support/requests.ts';
import { createdIds, soapCaller, texts } from '../support/soap.ts';

/** What a recipient is known by: none of it may stand where it is not needed. */
const personal = {
	nif: '39876543V',
	name: 'Hermenegilda',
	surname: 'Bragulat',
	email: 'hermenegilda@recipients.example',
	phone: '655443322',
};

const recipient = `<Destinatari><PersonaFisica><BustiaCorreu>${personal.email}</BustiaCorreu><Telefon>${personal.phone}</Telefon><DocumentIdentificatiu><NIF>${personal.nif}</NIF></DocumentIdentificatiu><Nom>${personal.name}</Nom><PrimerCognom>${personal.surname}</PrimerCognom></PersonaFisica></Destinatari>`;

/** Which of the recipient's data a text holds, whatever its case. */
function found(text: string): string[] {
	return Object.entries(personal).flatMap(([what, value]) => (text.toLowerCase().includes(value.toLowerCase()) ? [what] : []));
}

test('a whole life with failures leaves no personal data in the log, nor on topics', async () => {
	await using folder = temporaryFolder();
	await using mail = await startSmtpSink();
	await using receiver = await startCallbackReceiver({ respond: acceptCallback });
	const lines: string[] = [];
	const logger = createLogger({ service: 'standalone', level: 'debug', destination: { write: (line: string) => void lines.push(line) } });
	const fefaent = await startStandalone({
		logger,
		env: {
			FEFAENT_DATA_DIR: folder.path,
			FEFAENT_PUBLIC_PORT: '0',
			FEFAENT_ADMIN_PORT: '0',
			FEFAENT_MTLS_PORT: '0',
			FEFAENT_NOTIFIER_SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
		},
	});
	try {
		await fefaent.clients.callbacks.putEndpoint({
			endpoint: {
				id: '',
				issuerCode: 'DEMO',
				url: receiver.url,
				form: CallbackForm.ENOTUMLITE,
				enabled: true,
				states: [],
				credentialKind: CredentialKind.NONE,
				username: '',
				maxInFlight: 1,
				caPem: '',
				webhookPublicKey: '',
			},
		});
		// Failures are what is logged: the mailbox is refused by name, and the receiver is down at first.
		mail.failWith(({ stage }) => (stage === 'rcpt' ? { code: 550, message: `5.1.1 <${personal.email}> unknown` } : undefined));
		receiver.respondWith(() => ({ status: 500, body: `${personal.name} ${personal.nif}` }));
		const soap = soapCaller(fefaent.publicUrl);
		const [id = 0] = createdIds((await soap.call(createRequest([{ recipients: recipient, title: `Multa a ${personal.name}` }]))).body);
		await eventually(async () => expect(texts((await soap.call(consultRequest([id]))).body, 'Estat')).toEqual(['DIPOSITADA']));
		await eventually(async () => {
			const { notices } = await fefaent.clients.notifier.listNotices({ notificationIds: [id] });
			expect(notices.map(({ state }) => state)).toContain('NOTICE_STATE_FAILED');
		});
		await eventually(() => expect(receiver.requests.length).toBeGreaterThan(0));
		const wrong = createRequest([{ recipients: recipient.replace(personal.nif, '39876543A') }]);
		expect(texts((await soap.call(wrong)).body, 'CodiError')).toEqual(['NOT_03']);
		await soap.call(practiseRequest([{ id, decision: 'ACCEPTAR' }]));
		receiver.respondWith(acceptCallback);
		await fefaent.sandbox?.advance(86_400_000);
		await fefaent.sandbox?.settled(20_000);
		soap.close();
	} finally {
		await fefaent.stop();
	}
	// Both failures were logged, so there was something to leak.
	const components = new Set(lines.map((line) => (JSON.parse(line) as { component?: string }).component));
	expect([...components]).toEqual(expect.arrayContaining(['notifier', 'callback']));
	expect(lines.flatMap((line) => (found(line).length > 0 ? [line] : []))).toEqual([]);
	const bus = readdirSync(folder.path).filter((name) => name.startsWith('bus.db'));
	expect(bus).toContain('bus.db');
	expect(bus.flatMap((name) => found(readFileSync(join(folder.path, name), 'latin1')))).toEqual([]);
});
