import type { Piece } from './batch.ts';

/** What threads ended with, waiting to be done again, each in a thread of its own. */
export class Suspects {
	/** First come, first served: takers shift it. */
	readonly pieces: Piece[] = [];

	/**
	 * Takes what a thread had when it ended.
	 * @returns what was given up for it: a document that stands alone, or all that is left of a batch that threads end with too often
	 */
	add(ended: readonly Piece[]): readonly Piece[] {
		const alone = ended.filter((piece) => {
			const again = piece.afterDeath();
			this.pieces.push(...again);
			return again.length === 0;
		});
		const lost = this.pieces.filter(({ batch }) => batch.lost);
		for (const piece of lost) this.pieces.splice(this.pieces.indexOf(piece), 1);
		for (const piece of [...alone, ...lost]) piece.giveUp();
		return [...alone, ...lost];
	}
}
