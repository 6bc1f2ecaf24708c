import type { CreateResult, Draft } from '@fefaent/contracts/notification';
import { failCall, type LogFields, type Logger } from '@fefaent/service-kit';
import { parseXml, readTree } from '@fefaent/xml';
import { expect, it } from 'vitest';
import { issuer } from '../testing.ts';
import { create } from './create.ts';

const digest = Buffer.alloc(32, 1).toString('base64');
const notificacio = (index: number, characters: number) => `<Notificacio><Titol>N${index}</Titol><Referencia>EXP</Referencia>
	<TipusObjecte>NOTIFICACIO</TipusObjecte><DadesOfici><CosNotificacio>${'x'.repeat(characters)}</CosNotificacio></DadesOfici>
	<Destinataris><Destinatari><PersonaFisica><BustiaCorreu>a@example.cat</BustiaCorreu><DocumentIdentificatiu><NIF>12345678Z</NIF>
	</DocumentIdentificatiu><Nom>Maria</Nom><PrimerCognom>Puig</PrimerCognom></PersonaFisica></Destinatari></Destinataris><Documents><Document>
	<Nom>a.pdf</Nom><DigestDocument digestAlgorithm="SHA-256">${digest}</DigestDocument><Tipus>Resolució</Tipus></Document></Documents></Notificacio>`;

/** Creates so many with letters of 900 kB, of which about nine go into one message. @param store what the notification service does */
async function created(count: number, store: (drafts: readonly Draft[]) => Promise<CreateResult[]>) {
	const xml = `<PeticioCrearNotificacio>${Array.from({ length: count }, (_, index) => notificacio(index, 900_000)).join('')}</PeticioCrearNotificacio>`;
	using document = parseXml(Buffer.from(xml), { maxBytes: 64 << 20 });
	const errors: LogFields[] = [];
	const logger: Logger = {
		debug: () => {},
		info: () => {},
		warn: () => {},
		error: (fields: LogFields | string) => errors.push(typeof fields === 'string' ? {} : fields),
		child: () => logger,
	};
	const noService = () => Promise.reject(new Error('not asked'));
	const calls: (readonly Draft[])[] = [];
	const deps = {
		directory: { issuer: noService, administrations: async () => new Set<string>() },
		notifications: {
			create: async ({ drafts }: { drafts: Draft[] }) => {
				calls.push(drafts);
				return { results: await store(drafts) };
			},
		},
		lifecycle: { practise: noService, cancel: noService, view: noService },
		evidences: { get: noService },
		logger,
	};
	const answer = await create(readTree(document), new Map())(deps, { issuer: issuer(), dialect: 'seed' });
	return { calls, errors, ids: [...answer.matchAll(/IdNotificacio>(\d+)</g)].map(([, id]) => Number(id)), answer };
}

const stored = async (drafts: readonly Draft[]): Promise<CreateResult[]> =>
	drafts.map(({ title }) => ({ outcome: { $case: 'created', value: { id: Number(title.slice(1)) + 1, iun: '', existed: false } } }));

it('sends much text in parts, and answers them in order', async () => {
	const { calls, ids } = await created(25, stored);
	expect(calls.map((drafts) => drafts.length)).toEqual([9, 9, 7]);
	expect(ids).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
});

it('a part that fails hides no id of those before it, and ends the rest', async () => {
	const { calls, ids, errors, answer } = await created(25, async (drafts) => {
		if (drafts[0]?.title !== 'N0') throw failCall('UNAVAILABLE', { method: 'A/B' });
		return stored(drafts);
	});
	expect(calls).toHaveLength(2);
	expect(ids).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
	expect(answer.match(/ERR_02/g)).toHaveLength(16);
	expect(errors).toHaveLength(16);
});

it('a part that is too large leaves the others alone', async () => {
	const { calls, ids } = await created(25, async (drafts) => {
		if (drafts[0]?.title === 'N0') throw failCall('MESSAGE_TOO_LARGE', { method: 'A/B' });
		return stored(drafts);
	});
	expect(calls).toHaveLength(3);
	expect(ids).toHaveLength(16);
});

it('a failure of all is one of the request', async () => {
	const failure = failCall('UNAVAILABLE', { method: 'A/B' });
	await expect(created(10, () => Promise.reject(failure))).rejects.toBe(failure);
});
