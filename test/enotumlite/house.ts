import { request } from 'node:http';
import { createGatewayService, type GatewayService, gatewayConfig } from '@fefaent/gateway';
import { type Env, type LogFields, type Logger, readConfig } from '@fefaent/service-kit';
import { compileSchema, parseXml, readTree, type XmlElement } from '@fefaent/xml';
import { expect } from 'vitest';
import { World } from '../lifecycle/world.ts';
import { publishedFindings } from '../support/published-schemas.ts';
import { envelope } from '../support/requests.ts';

const responses = compileSchema(new URL('../../xsds/enotumlite/responses.xsd', import.meta.url).pathname);

/** What one item of an answer says, or the request as a whole. */
export interface Said {
	readonly code: string | undefined;
	readonly message: string;
	readonly element: XmlElement;
}

/** An answer of the face, whose contract part our schemas and the published ones (where they are at hand) have found right. */
export interface FaceAnswer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	readonly text: string;
	/** The answer of the contract, out of its wrappers; undefined for a SOAP fault. */
	readonly root: XmlElement | undefined;
	readonly wrapped: boolean;
	/** The fault's code without prefix. */
	readonly fault: string | undefined;
	/** One for each item; for RespostaError, that one. */
	readonly items: readonly Said[];
}

/** The real gateway before the real services, on one folder. */
export class House implements AsyncDisposable {
	readonly world: World;
	readonly gateway: GatewayService;
	/** Lines of the gateway's log at level error. */
	readonly errors: readonly LogFields[];

	private constructor(world: World, gateway: GatewayService, errors: readonly LogFields[]) {
		this.world = world;
		this.gateway = gateway;
		this.errors = errors;
	}

	/** Starts with the issuers DEMO and OTHER, and open to loopback unless told otherwise. */
	static async start(env: Env = {}): Promise<House> {
		const world = await World.start();
		const errors: LogFields[] = [];
		const logger: Logger = {
			debug: () => {},
			info: () => {},
			warn: () => {},
			error: (fields: LogFields | string) => errors.push(typeof fields === 'string' ? {} : fields),
			child: () => logger,
		};
		const gateway = createGatewayService({
			config: readConfig(gatewayConfig, { FEFAENT_PUBLIC_PORT: '0', FEFAENT_MTLS_PORT: '0', FEFAENT_OPEN_LOOPBACK: 'true', ...env }),
			clock: world.clock,
			logger,
			store: await world.engines.gateway(),
			notifications: world.notifications,
			lifecycle: world.lifecycle,
			evidences: world.evidences,
		});
		await gateway.start();
		for (const code of ['DEMO', 'OTHER']) await gateway.directory.registerIssuer({ code, name: `Ens ${code}` });
		return new House(world, gateway, errors);
	}

	get url(): string {
		return `http://127.0.0.1:${this.gateway.publicPort}/soap/enotum-lite`;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.gateway.stop();
		await this.world[Symbol.asyncDispose]();
	}

	/** Sends a request in an envelope. */
	call(body: string, headers: Readonly<Record<string, string>> = {}): Promise<FaceAnswer> {
		return this.send(envelope(body), headers);
	}

	/** Sends bytes as they are. */
	send(bytes: Uint8Array | string, headers: Readonly<Record<string, string>> = {}): Promise<FaceAnswer> {
		const body = Buffer.from(bytes);
		return new Promise((resolve, reject) => {
			const sent = request(
				this.url,
				{ method: 'POST', headers: { 'content-type': 'text/xml; charset=utf-8', 'content-length': body.length, ...headers } },
				(response) => {
					const chunks: Buffer[] = [];
					response.on('data', (chunk: Buffer) => chunks.push(chunk));
					response.on('error', reject);
					response.on('end', () => resolve(understood(response.statusCode ?? 0, response.headers, Buffer.concat(chunks))));
				},
			);
			sent.on('error', reject);
			sent.end(body);
		});
	}

	/** Creates one notification and answers its id once it is deposited. */
	async deposited(request: string): Promise<number> {
		const answer = await this.call(request);
		const id = Number(answer.items[0]?.element.children.find((child) => child.name === 'IdNotificacio')?.text);
		await this.world.in(id, 'STATE_DEPOSITED');
		return id;
	}
}

/** Reads an answer, and holds its contract part against our schemas and the published ones. */
export function understood(status: number, headers: FaceAnswer['headers'], bytes: Buffer): FaceAnswer {
	const base = { status, headers, text: bytes.toString('utf8') };
	using document = parseXml(bytes);
	const body = readTree(document).children[0];
	const inner = body?.children[0];
	if (!inner) throw new Error('an empty answer');
	if (inner.name === 'Fault') {
		const code = inner.children.find((child) => child.name === 'faultcode')?.text.replace(/^.*:/, '');
		return { ...base, root: undefined, wrapped: false, fault: code, items: [] };
	}
	const wrapped = inner.name === 'procesaResponse';
	const root = wrapped ? inner.children[0] : inner;
	if (!root) throw new Error('an empty wrapper');
	expect(responses.validate(document.element(root.ordinal))).toEqual([]);
	expect(publishedFindings(document.element(root.ordinal))).toEqual([]);
	const items = root.name === 'RespostaError' ? [root] : root.children;
	return { ...base, root, wrapped, fault: undefined, items: items.map(said) };
}

function said(element: XmlElement): Said {
	const error = element.children.find((child) => child.name === 'Error');
	return { code: error?.children[0]?.text, message: error?.children[1]?.text ?? '', element };
}

/** The text of an element anywhere below another; undefined when it is not there. */
export function textIn(element: XmlElement | undefined, name: string): string | undefined {
	if (!element) return undefined;
	if (element.name === name) return element.text;
	for (const child of element.children) {
		const found = textIn(child, name);
		if (found !== undefined) return found;
	}
	return undefined;
}
