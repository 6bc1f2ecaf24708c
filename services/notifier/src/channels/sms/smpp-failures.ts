import type { FailureName } from '../../domain/failures.ts';

/** Command statuses (SMPP 3.4 section 5.1.3; SMPP 5.0 section 4.7.6 from 0x100 on). */
const byStatus: Readonly<Record<number, FailureName>> = {
	1: 'CONTENT_REFUSED', // message length
	4: 'CONNECTION_FAILED', // not bound as it should be: the next connection is
	5: 'AUTHENTICATION_FAILED', // already bound
	8: 'PROVIDER_UNAVAILABLE', // system error
	10: 'MESSAGE_REFUSED', // source address
	11: 'NUMBER_INVALID', // destination address
	13: 'AUTHENTICATION_FAILED', // bind failed
	14: 'AUTHENTICATION_FAILED', // password
	15: 'AUTHENTICATION_FAILED', // system id
	20: 'THROTTLED', // message queue full
	51: 'NUMBER_INVALID', // number of destinations
	69: 'PROVIDER_UNAVAILABLE', // submit failed
	72: 'MESSAGE_REFUSED', // source type of number
	73: 'MESSAGE_REFUSED', // source numbering plan
	80: 'NUMBER_INVALID', // destination type of number
	81: 'NUMBER_INVALID', // destination numbering plan
	83: 'AUTHENTICATION_FAILED', // system type
	88: 'THROTTLED',
	100: 'PROVIDER_UNAVAILABLE', // temporary application error
	101: 'MESSAGE_REFUSED', // permanent application error
	102: 'MESSAGE_REFUSED', // rejected by the application
	254: 'PROVIDER_UNAVAILABLE', // delivery failure
	255: 'UNKNOWN',
	256: 'AUTHENTICATION_FAILED', // not authorised for the service
	257: 'NUMBER_BARRED', // prohibited
	258: 'PROVIDER_UNAVAILABLE', // service unavailable
	259: 'MESSAGE_REFUSED', // service denied
	260: 'CONTENT_REFUSED', // data coding
};

/** Tells what a command status other than 0 means; one that we do not know (vendors have their own from 0x400 on) may pass. */
export function smppFailure(status: number): FailureName {
	return byStatus[status] ?? 'UNKNOWN';
}
