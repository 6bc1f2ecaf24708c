import { isTold, wordsOf } from '../domain/states.ts';
import type { AttemptResult } from '../domain/verdict.ts';
import type { HttpAnswer } from '../http/client.ts';
import { type Content, deliveryIdHeader, type Form } from './form.ts';
import { refusedByStatus } from './status.ts';

/** CloudEvents 1.0 in structured JSON mode, signed by Standard Webhooks 1.0. A thin payload without personal data: who needs more asks for it. */
export const cloudEvent: Form = {
	write: (content, { eventSource, signer }) => {
		const body = JSON.stringify(eventOf(content, eventSource));
		const { id } = content.delivery;
		return {
			headers: {
				'content-type': 'application/cloudevents+json; charset=utf-8',
				[deliveryIdHeader]: id,
				// Dated by real time: the receiver holds it against its own clock, which no sandbox moves.
				...signer?.headers(id, new Date(), body),
			},
			body,
			readAnswer: false,
		};
	},
	read: (answer: HttpAnswer): AttemptResult => {
		const { status } = answer;
		if (status >= 200 && status < 300) return { status };
		return status === 410 ? { status, failure: 'ENDPOINT_GONE' } : refusedByStatus(answer);
	},
};

function eventOf({ delivery, notification, evidence }: Content, source: string) {
	const { toldState, toldAt } = delivery;
	const at = (toldAt ?? new Date(0)).toISOString();
	return {
		specversion: '1.0',
		id: delivery.id,
		source,
		type: `cat.fefaent.notification.${isTold(toldState) ? wordsOf(toldState).event : 'changed'}`,
		subject: String(notification.id),
		time: at,
		datacontenttype: 'application/json',
		data: {
			notificationId: notification.id,
			...(notification.draft?.issuerReference && { issuerReference: notification.draft.issuerReference }),
			state: toldState.replace('STATE_', ''),
			at,
			...(evidence && { evidence: { id: evidence.id, sha256: Buffer.from(evidence.sha256).toString('hex') } }),
		},
	};
}
