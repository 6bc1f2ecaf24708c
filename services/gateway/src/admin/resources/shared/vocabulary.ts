import { CallbackForm, CredentialKind, DeliveryState } from '@fefaent/contracts/callback';
import { IdentityScheme, Language } from '@fefaent/contracts/common';
import { Dialect, DigestAlgorithm, DocumentKind, EvidenceForm, NotificationKind, State, Transition } from '@fefaent/contracts/notification';
import { Channel, NoticeKind, NoticeState } from '@fefaent/contracts/notifier';
import { named } from '../../openapi/names.ts';
import { wordsOf } from './words.ts';

/** Words of the API for the enumerations of the contracts. */
export const words = {
	state: wordsOf('STATE_', State),
	transition: wordsOf('TRANSITION_', Transition),
	notificationKind: wordsOf('NOTIFICATION_KIND_', NotificationKind),
	dialect: wordsOf('DIALECT_', Dialect),
	evidenceForm: wordsOf('EVIDENCE_FORM_', EvidenceForm),
	digestAlgorithm: wordsOf('DIGEST_ALGORITHM_', DigestAlgorithm),
	documentKind: wordsOf('DOCUMENT_KIND_', DocumentKind),
	identityScheme: wordsOf('IDENTITY_SCHEME_', IdentityScheme),
	language: wordsOf('LANGUAGE_', Language),
	callbackForm: wordsOf('CALLBACK_FORM_', CallbackForm),
	credentialKind: wordsOf('CREDENTIAL_KIND_', CredentialKind),
	deliveryState: wordsOf('DELIVERY_STATE_', DeliveryState),
	channel: wordsOf('CHANNEL_', Channel),
	noticeKind: wordsOf('NOTICE_KIND_', NoticeKind),
	noticeState: wordsOf('NOTICE_STATE_', NoticeState),
} as const;

named('State', words.state.schema);
named('Transition', words.transition.schema);
named('Language', words.language.schema);
named('Channel', words.channel.schema);
named('NoticeKind', words.noticeKind.schema);
named('NoticeState', words.noticeState.schema);
named('DeliveryState', words.deliveryState.schema);
