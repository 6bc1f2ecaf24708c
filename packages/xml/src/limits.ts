/** Bounds on a document; what is beyond is refused unread. */
export interface XmlLimits {
	/** Bytes as received. Default 10 MiB. */
	readonly maxBytes?: number;
	/** Elements inside each other. Default 100. */
	readonly maxDepth?: number;
	/** Attributes of one element, namespace declarations among them. Default 64. */
	readonly maxAttributes?: number;
	/** Namespace declarations in force at one place, repetitions counted. Default 256: look-ups cost in proportion. */
	readonly maxNamespaces?: number;
	/** Elements, attributes, runs of text, comments and instructions together. Default 250,000, about 40 MB in libxml2. */
	readonly maxNodes?: number;
}

/** The limits that hold where none is given. */
export const defaultLimits: Required<XmlLimits> = {
	maxBytes: 10 * 1024 * 1024,
	maxDepth: 100,
	maxAttributes: 64,
	maxNamespaces: 256,
	maxNodes: 250_000,
};
