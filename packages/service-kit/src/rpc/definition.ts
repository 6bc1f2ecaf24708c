/** What a generated message codec offers, as far as RPC needs it. */
export interface MessageType<T> {
	encode(message: T): { finish(): Uint8Array };
	decode(input: Uint8Array): T;
}

/** One method of a {@link ServiceDefinition}. */
export interface MethodDefinition {
	/** As in the `.proto` file: `Create`. */
	readonly name: string;
	readonly requestType: MessageType<unknown>;
	readonly requestStream: boolean;
	readonly responseType: MessageType<unknown>;
	readonly responseStream: boolean;
	readonly options: object;
}

/** A service as ts-proto generates it with `outputServices=generic-definitions`. */
export interface ServiceDefinition {
	/** `NotificationService`. */
	readonly name: string;
	/** `fefaent.notification.v1.NotificationService`. */
	readonly fullName: string;
	/** By method name in lower camel case. */
	readonly methods: Readonly<Record<string, MethodDefinition>>;
}

/** The names of a service's methods. */
export type MethodOf<D extends ServiceDefinition> = keyof D['methods'] & string;

/** The request message of a method. */
export type RequestOf<D extends ServiceDefinition, M extends keyof D['methods']> = ReturnType<D['methods'][M]['requestType']['decode']>;

/** The response message of a method. */
export type ResponseOf<D extends ServiceDefinition, M extends keyof D['methods']> = ReturnType<D['methods'][M]['responseType']['decode']>;
