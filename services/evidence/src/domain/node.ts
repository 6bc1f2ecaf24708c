/** An element of an evidence as plain data: pure rules build it, the thread that seals writes it. */
export interface EvidenceNode {
	readonly name: string;
	readonly attributes?: Readonly<Record<string, string>>;
	/** Text, or elements in order. */
	readonly content: string | readonly EvidenceNode[];
}

/** An element with text. */
export const text = (name: string, content: string, attributes: Readonly<Record<string, string>> = {}): EvidenceNode => ({
	name,
	attributes,
	content,
});

/** An element with elements; what is absent is left out. */
export const group = (name: string, ...content: readonly (EvidenceNode | readonly EvidenceNode[] | undefined)[]): EvidenceNode => ({
	name,
	content: content.flatMap((one) => one ?? []),
});
