// Holds what each evidence and each callback says against the notification's own history: the same instant, author and reason everywhere.
import type { Evidence } from '@fefaent/contracts/evidence';
import { type Author, type Notification, State, type TimelineEntry, Transition } from '@fefaent/contracts/notification';
import { childOf, parseXml, readTree, textOf, verifyXmlSignature, type XmlElement } from '@fefaent/xml';
import type { Ending } from './scenario.ts';

/** A callback as its receiver took it. */
export interface TakenCallback {
	readonly deliveryId: string;
	readonly notificationId: number;
	readonly state: string;
	/** The whole SOAP message. */
	readonly body: string;
}

/** How the life of a notification goes on after its deposit: as its history, its evidence and its callback name it, and by whom. */
const courses: Readonly<Record<Ending, Course>> = {
	accepted: { category: 'ACCEPTED', transition: Transition.ACCEPT, motive: 'ACCEPTAR', told: 'ACCEPTADA', actor: 'issuer' },
	rejected: { category: 'REJECTED', transition: Transition.REJECT, motive: 'REBUTJAR', told: 'REBUTJADA', actor: 'issuer' },
	expired: { category: 'EXPIRED', transition: Transition.EXPIRE, motive: 'EXPIRAR', told: 'EXPIRADA', actor: 'engine' },
	discarded: { category: 'DISCARDED', transition: Transition.DISCARD, motive: undefined, told: 'DESCARTADA', actor: 'issuer' },
	consulted: { category: 'ACCEPTED', transition: Transition.ACCEPT, motive: 'ACCEPTAR', told: 'ACCEPTADA', actor: 'consult' },
};
const deposit: Course = { category: 'DEPOSITED', transition: Transition.DEPOSIT, motive: 'DIPOSIT', told: 'DIPOSITADA', actor: 'engine' };

interface Course {
	readonly category: string;
	readonly transition: Transition;
	/** Undefined where no evidence is made. */
	readonly motive: string | undefined;
	readonly told: string;
	readonly actor: string;
}

/** Every contradiction between a notification that has come to its end, its sealed evidences and the callbacks that told of it. */
export function contradictions(
	stored: Notification,
	ending: Ending,
	sealed: readonly Evidence[],
	callbacks: readonly TakenCallback[],
): string[] {
	const both = [deposit, courses[ending]];
	return [...claimsOf(stored), ...both.flatMap((course) => ofCourse(stored, course, sealed, callbacks))];
}

function ofCourse(stored: Notification, course: Course, sealed: readonly Evidence[], callbacks: readonly TakenCallback[]): string[] {
	const { category, transition, told } = course;
	const entries = stored.timeline.filter((entry) => entry.category === category);
	const [entry] = entries;
	if (!entry || entries.length !== 1) return [`its history says ${category} ${entries.length} times`];
	const wrong: string[] = [];
	if (entry.actor !== course.actor) wrong.push(`${category} is by ${entry.actor}, not ${course.actor}`);
	const instant = iso(entry.at);
	const ofState = category === 'DEPOSITED' ? stored.depositedAt : category === 'DISCARDED' ? entry.at : stored.practisedAt;
	if (iso(ofState) !== instant) wrong.push(`its state says ${iso(ofState)}, its history ${instant}`);
	const evidence = sealed.find((one) => one.transition === transition);
	if ((evidence === undefined) !== (course.motive === undefined)) wrong.push(`${category}: an evidence too few or too many`);
	if ((evidence?.id ?? '') !== entry.detail) wrong.push(`${category}: its history names evidence ${entry.detail}, not ${evidence?.id}`);
	if (evidence) wrong.push(...ofEvidence(stored, course, instant, evidence));
	for (const { state, body } of callbacks) if (state === told) wrong.push(...ofCallback(stored, course, instant, evidence, body));
	return wrong.map((one) => `${category}: ${one}`);
}

/** Each state was decided before it was reached, and nothing is decided that was not. */
function claimsOf({ timeline }: Notification): string[] {
	const decided = timeline.filter(({ category }) => category === 'CLAIMED').map(({ detail }) => detail);
	const reached = timeline.filter(({ category }) => category in reachedBy);
	return [
		...reached.filter((entry) => !claimedBefore(timeline, entry)).map(({ category }) => `${category} was never decided`),
		...decided
			.filter((one) => !reached.some(({ category }) => reachedBy[category] === one))
			.map((one) => `${one} was decided and came to nothing`),
	];
}

const reachedBy: Readonly<Record<string, string>> = {
	DEPOSITED: 'DEPOSIT',
	ACCEPTED: 'ACCEPT',
	REJECTED: 'REJECT',
	EXPIRED: 'EXPIRE',
	DISCARDED: 'DISCARD',
};

function claimedBefore(timeline: readonly TimelineEntry[], entry: TimelineEntry): boolean {
	return timeline.slice(0, timeline.indexOf(entry)).some(({ category, detail, at, actor }) => {
		const same = category === 'CLAIMED' && detail === reachedBy[entry.category];
		return same && iso(at) === iso(entry.at) && actor === entry.actor;
	});
}

function ofEvidence(stored: Notification, course: Course, instant: string, evidence: Evidence): string[] {
	if (!verifyXmlSignature(evidence.xml).valid) return ['its evidence is not signed rightly'];
	const root = treeOf(evidence.xml);
	const data = childOf(root, 'DadesNotificacio') ?? root;
	const expected: Readonly<Record<string, string | undefined>> = {
		IdNotificacio: String(stored.id),
		Referencia: stored.draft?.reference,
		Titol: stored.draft?.title,
		DataCreacio: stored.draft?.createdAtGiven || iso(stored.receivedAt),
		DataDiposit: iso(stored.depositedAt),
		DataPracticar: course === deposit ? undefined : instant,
	};
	const wrong = Object.entries(expected).flatMap(([name, value]) =>
		textOf(data, name) === value ? [] : [`its evidence says ${name} ${textOf(data, name)}, not ${value}`],
	);
	const motive = textOf(root, 'MotiuEvidencia');
	if (motive !== course.motive) wrong.push(`its evidence proves ${motive}, not ${course.motive}`);
	if (iso(evidence.decidedAt) !== instant) wrong.push(`its evidence is kept as of ${iso(evidence.decidedAt)}, not ${instant}`);
	const signed = signatory(root);
	const by = signatoryOf(stored.state === State.ACCEPTED || stored.state === State.REJECTED ? stored.practisedBy : undefined);
	const wanted = course === deposit ? '' : by;
	if (signed !== wanted) wrong.push(`its evidence is signed by ${signed || 'nobody'}, not ${wanted || 'nobody'}`);
	return wrong;
}

function ofCallback(stored: Notification, course: Course, instant: string, evidence: Evidence | undefined, body: string): string[] {
	const told = descendant(treeOf(Buffer.from(body)), 'ActualitzarEstat');
	const content = told && childOf(told, 'ActualitzarEstatNotificacio');
	if (!told || !content) return ['a callback is no ActualitzarEstat'];
	const [date, proof] = course === deposit ? ['DataDiposit', 'Diposit'] : ['DataPracticar', 'Practicar'];
	const expected: Readonly<Record<string, string>> = {
		IdNotificacio: String(stored.id),
		Estat: course.told,
		[date as string]: instant,
		[proof as string]: evidence ? Buffer.from(evidence.xml).toString('utf8') : '',
	};
	const wrong = Object.entries(expected).flatMap(([name, value]) =>
		textOf(content, name) === value ? [] : [`a callback says another ${name}`],
	);
	if (content.children.length !== Object.keys(expected).length) wrong.push('a callback says more than it should');
	if (textOf(told, 'Emissor') !== stored.draft?.issuer?.code) wrong.push('a callback names another issuer');
	return wrong;
}

function treeOf(xml: Uint8Array): XmlElement {
	using document = parseXml(xml);
	return readTree(document);
}

function descendant(element: XmlElement, name: string): XmlElement | undefined {
	if (element.name === name) return element;
	for (const child of element.children) {
		const found = descendant(child, name);
		if (found) return found;
	}
	return undefined;
}

/** Who signed, as the evidence names it: its document's number. */
function signatory(root: XmlElement): string {
	const named = childOf(root, 'Signatari');
	return (named?.children ?? []).flatMap((one) => one.children.map(({ text }) => text)).join(' ');
}

function signatoryOf(author: Author | undefined): string {
	return [author?.natural?.value, author?.legal?.value].filter((one) => one !== undefined).join(' ');
}

function iso(at: Date | undefined): string {
	return at?.toISOString() ?? 'no instant';
}
