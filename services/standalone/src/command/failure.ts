/** Why a command ends with an exit code other than 0: one line, for people. */
export class CommandFailure extends Error {
	override readonly name = 'CommandFailure';
	readonly exitCode: number;
	/** Whether it passes by itself, so that asking again can help: a service is away, say. */
	readonly passing: boolean;

	/** @param exitCode 1: it did not work; 2: it was asked wrongly */
	constructor(message: string, exitCode: 1 | 2 = 1, options?: ErrorOptions & { readonly passing?: boolean }) {
		super(message.replaceAll(/\s*\n\s*/g, '; '), options);
		this.exitCode = exitCode;
		this.passing = options?.passing ?? false;
	}
}
