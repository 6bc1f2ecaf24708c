import type { XadesAlgorithm, XadesSigner } from '@fefaent/xml';

/**
 * A signing key as plain data, so that it can be handed to the threads that seal: which module opens it there, and with what.
 * A key in a file travels as its bytes; a key in a token (PKCS#11) as the name of its slot and its PIN, and signs where it is.
 */
export interface SignerDescription {
	/** The signer's certificate, DER. */
	readonly certificate: Uint8Array;
	/** Certificates above it that go into the signatures, DER; may be empty. */
	readonly chain: readonly Uint8Array[];
	/** The last certificate above it that is known: whom to trust, unless told otherwise. */
	readonly anchor?: Uint8Array;
	readonly algorithm: XadesAlgorithm;
	/** URL of a module that exports `openSigner` as {@link OpenSigner}. */
	readonly module: string;
	/** Handed to it: anything that structured cloning takes. */
	readonly options: unknown;
}

/** Opens a described key, in the thread that signs. */
export type OpenSigner = (description: SignerDescription) => Promise<XadesSigner>;

/** Where the signing key comes from. */
export interface SignerProvider {
	/** @throws DomainError when there is no key to be had: the service does not start then */
	load(): Promise<SignerDescription>;
}
