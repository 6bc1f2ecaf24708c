/** Why a command ends with an exit code other than 0: one line, for people. */
export class CommandFailure extends Error {
	override readonly name = 'CommandFailure';
	readonly exitCode: number;

	/** @param exitCode 1: it did not work; 2: it was asked wrongly */
	constructor(message: string, exitCode: 1 | 2 = 1, options?: ErrorOptions) {
		super(message.replaceAll(/\s*\n\s*/g, '; '), options);
		this.exitCode = exitCode;
	}
}
