/** Where the face is mounted. */
export const enotumLitePath = '/soap/enotum-lite';

/** Namespace of every request and response of eNotumLite. */
export const enotumNs = 'http://www.aoc.cat/eNotum';
/** Namespace of the wrapper that the internal form puts around them. */
export const procesaNs = 'http://www.openuri.org/';
/** SOAP 1.1. */
export const soapNs = 'http://schemas.xmlsoap.org/soap/envelope/';

/** The four operations by the name of their request. */
export const operationNames = {
	PeticioCrearNotificacio: 'create',
	PeticioConsulta: 'consult',
	PeticioCancelar: 'cancel',
	PeticioPracticar: 'practise',
} as const;

/** One of the four operations. */
export type OperationName = (typeof operationNames)[keyof typeof operationNames];

/** The variants of the contract: a request that names its issuer is the first published one (eNotumLite contract, section 2). */
export type DialectName = 'seed' | 'head';
