import type { IncomingHttpHeaders } from 'node:http';
import type { Caller } from '../auth/caller.ts';
import type { HttpRefusal } from './refusal.ts';

/** One request as a face sees it; no socket in sight. */
export interface Exchange {
	readonly method: string;
	/** The part after `?`, without it; may be empty. */
	readonly query: string;
	readonly headers: IncomingHttpHeaders;
	/** By which base URL the caller reached us: `https://host:port`. */
	readonly baseUrl: string;
	/** Who calls. @throws HttpRefusal 401 */
	caller(): Promise<Caller>;
	/** The whole body. Its bytes are the face's until it has answered. @throws HttpRefusal 413, 503; ConnectionLost */
	body(): Promise<Uint8Array>;
}

/** What a face answers. */
export interface Answer {
	readonly status: number;
	readonly contentType: string;
	readonly body: Uint8Array | string;
	/** Further headers, by their usual names. */
	readonly headers?: Readonly<Record<string, string>>;
}

/** A dialect at a path of the public server. Mountable alone: all it knows of HTTP is {@link Exchange} and {@link Answer}. */
export interface Face {
	/** The exact path, without a trailing slash. */
	readonly path: string;
	/** Methods it takes; others are answered 405 with `Allow`. HEAD is served as GET without the body. */
	readonly methods: readonly string[];
	/** Answers everything; a rejection is a defect and becomes a bare 500. */
	handle(exchange: Exchange): Promise<Answer>;
	/** How the face says what the server itself refuses (401, 405, 413, 503): a SOAP fault, a problem document... */
	refuse(refusal: HttpRefusal): Answer;
}
