import type { z } from 'zod';
import type { AdminServiceDeps } from '../ports.ts';
import type { Precondition } from './precondition.ts';

/** A method of the API. */
export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** What of a request a route looks at, each part by its schema. */
export interface InputSchemas {
	/** The `{names}` of the path. */
	readonly params?: z.ZodObject;
	readonly query?: z.ZodObject;
	/** The JSON body. */
	readonly body?: z.ZodType;
}

/** The input, read. */
export type InputOf<I extends InputSchemas> = { readonly [P in keyof I]: I[P] extends z.ZodType ? z.output<I[P]> : undefined };

/** A file to be answered as it is. */
export interface FileAnswer {
	readonly bytes: Uint8Array;
	/** Name to save it under. */
	readonly fileName: string;
}

/** How a route answers when all went well: JSON after a schema, a file, or nothing (204). */
export type Success =
	| { readonly status: 200 | 201 | 202; readonly says: string; readonly json: z.ZodType }
	| { readonly status: 200; readonly says: string; readonly file: string }
	| { readonly status: 204; readonly says: string };

type AnswerOf<S extends Success> = S extends { readonly json: infer J extends z.ZodType }
	? z.input<J>
	: S extends { readonly file: string }
		? FileAnswer
		: undefined;

/** One operation: what it takes, answers and does. The one source of routing, validation and documentation. */
export interface Operation<I extends InputSchemas = InputSchemas, S extends Success = Success> {
	readonly method: Method;
	/** With `{names}` as OpenAPI writes them. */
	readonly path: string;
	/** operationId of the OpenAPI document. */
	readonly id: string;
	readonly tag: string;
	/** One line. */
	readonly summary: string;
	/** More, where the line is not enough. */
	readonly description?: string;
	readonly input: I;
	readonly success: S;
	/** Failures worth naming besides 400, 401 and 5xx: status to what it says. */
	readonly failures?: Readonly<Record<number, string>>;
	/** @param precondition to be held against the entity-tag of what is changed, where the operation is conditional */
	readonly handle: (deps: AdminServiceDeps, input: InputOf<I>, precondition: Precondition) => Promise<AnswerOf<S>>;
	/** Whether `If-Match` is looked at; then 412 tells that it was changed since. */
	readonly conditional?: true;
	/** Entity-tag of the answer, for `ETag`. */
	readonly etag?: (answer: AnswerOf<S>) => string;
	/** Address of what was made, for `Location`; of the answer. */
	readonly location?: (answer: AnswerOf<S>) => string;
	/** Another status under which the same JSON is answered. */
	readonly also?: { readonly status: number; readonly says: string; readonly when: (answer: AnswerOf<S>) => boolean };
	/** Whether it is answered without the admin token: for probes. */
	readonly open?: true;
}

/** An operation whatever its types, as the router sees it. */
export interface AnyOperation extends Omit<Operation, 'handle' | 'location' | 'also' | 'etag'> {
	readonly handle: (deps: AdminServiceDeps, input: never, precondition: Precondition) => Promise<unknown>;
	readonly etag?: (answer: never) => string;
	readonly location?: (answer: never) => string;
	readonly also?: { readonly status: number; readonly says: string; readonly when: (answer: never) => boolean };
}

/** Keeps the types of an operation while it is written. */
export function operation<const S extends Success, I extends InputSchemas>(one: Operation<I, S>): AnyOperation {
	return one as unknown as AnyOperation;
}
