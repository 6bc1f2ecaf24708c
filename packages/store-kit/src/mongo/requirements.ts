import type { mongo } from 'mongoose';
import { storeError } from '../errors.ts';

/** The oldest server whose features are used. */
const oldest = [6, 0] as const;

/**
 * Checks that a server is what the stores stand on: a replica set (majority writes, change streams) of a version that is known, whose
 * compare-and-set is atomic.
 * @throws `STORE_UNFIT` that says what is missing
 */
export async function checkServer(db: mongo.Db, name: string): Promise<void> {
	const hello = await db.admin().command({ hello: 1 });
	const unfit = (cause: string) => storeError('STORE_UNFIT', { name, cause });
	if (typeof hello.setName !== 'string' && hello.msg !== 'isdbgrid')
		throw unfit('the MongoDB server is no member of a replica set; start it with --replSet and initiate the set');
	const { versionArray, version } = await db.admin().command({ buildInfo: 1 });
	const [major = 0, minor = 0] = versionArray as number[];
	if (major < oldest[0] || (major === oldest[0] && minor < oldest[1]))
		throw unfit(`the MongoDB server is version ${String(version)}; ${oldest.join('.')} or newer is needed`);
	await probeCompareAndSet(db, unfit);
}

/** Of ten at once exactly one may win: servers that only look like MongoDB have been seen to let several. */
async function probeCompareAndSet(db: mongo.Db, unfit: (cause: string) => Error): Promise<void> {
	const probes = db.collection('probes');
	const { insertedId } = await probes.insertOne({ state: 0, at: new Date() });
	try {
		const results = await Promise.all(
			Array.from({ length: 10 }, (_, one) => probes.updateOne({ _id: insertedId, state: 0 }, { $set: { state: one + 1 } })),
		);
		const winners = results.filter(({ modifiedCount }) => modifiedCount === 1).length;
		if (winners !== 1) throw unfit(`a compare-and-set was won by ${winners} at once: the server's updates are not atomic`);
	} finally {
		await probes.deleteOne({ _id: insertedId });
	}
}
