import { Dialect, State } from '@fefaent/contracts/notification';
import { el } from '@fefaent/xml';
import { isTold, wordsOf } from '../domain/states.ts';
import { readAnswer } from './actualitzar-estat-answer.ts';
import { type Content, deliveryIdHeader, type Form } from './form.ts';

/** Namespace of the payloads of eNotumLite. */
export const enotum = 'http://www.aoc.cat/eNotum';
/** Namespace of SOAP 1.1. */
export const soapEnvelope = 'http://schemas.xmlsoap.org/soap/envelope/';

/** `ActualitzarEstat` over SOAP 1.1, in the dialect that the notification was created in (eNotumLite contract, sections 2 and 9). */
export const actualitzarEstat: Form = {
	write: (content) => ({
		headers: {
			'content-type': 'text/xml; charset=utf-8',
			accept: 'text/xml',
			soapaction: '""',
			[deliveryIdHeader]: content.delivery.id,
		},
		body: envelope(content),
		readAnswer: true,
	}),
	read: (answer, { delivery }) => readAnswer(answer, delivery.notificationId),
};

function envelope(content: Content): string {
	const { delivery, notification } = content;
	// Only the dialect of 2017 has the issuer in it; each is invalid in the schema of the other.
	const named = notification.draft?.dialect === Dialect.ENOTUMLITE_SEED;
	const { markup } = el(
		'soapenv:Envelope',
		{ 'xmlns:soapenv': soapEnvelope },
		el(
			'soapenv:Body',
			{},
			el(
				'ActualitzarEstat',
				{ xmlns: enotum },
				named ? el('Emissor', {}, notification.draft?.issuer?.code ?? '') : undefined,
				el(
					'ActualitzarEstatNotificacio',
					{},
					el('IdNotificacio', {}, String(delivery.notificationId)),
					el('Estat', {}, isTold(delivery.toldState) ? wordsOf(delivery.toldState).enotumlite : ''),
					...branch(content),
				),
			),
		),
	);
	return `<?xml version="1.0" encoding="UTF-8"?>\n${markup}`;
}

/**
 * The contract has two branches only. The first says that a notification was deposited; every other state is told by the second one, EXPIRADA as
 * section 9 of the contract recommends, and ERROR and DESCARTADA too, which have no evidence: the instant, and `Practicar` empty.
 */
function branch({ delivery, evidence }: Content) {
	const at = delivery.toldAt ?? new Date(0);
	// The sealed document as it is, its declaration included, escaped: the receiver gets back the very bytes that were signed.
	const document = evidence ? Buffer.from(evidence.xml).toString('utf8') : '';
	return delivery.toldState === State.DEPOSITED
		? [el('DataDiposit', {}, at), el('Diposit', {}, document)]
		: [el('DataPracticar', {}, at), el('Practicar', {}, document)];
}
