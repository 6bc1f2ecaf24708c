import kafkajs, { type PartitionAssigner } from 'kafkajs';
import { retrySuffix } from './names.ts';

const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol;

/** Partitions by topic. */
export type Assignment = Readonly<Record<string, readonly number[]>>;

/** One member of a group, as the leader sees it. */
export interface Member {
	readonly id: string;
	readonly topics: readonly string[];
	/** What it has had so far. */
	readonly owned: Assignment;
}

/**
 * Assigns partitions for groups of this bus. Unlike the one that kafkajs brings, it gives each member topics that it asked for only (during a rolling
 * upgrade, and where two followers of a process share a group), leaves partitions where they are as far as the balance allows, and keeps a
 * topic's partition and the same one of its retry topic together, so that a key is in one place.
 * @param owned what this consumer has now
 */
export function stickyAssigner(owned: () => Assignment): PartitionAssigner {
	return ({ cluster, groupId }) => ({
		name: 'fefaent-sticky',
		version: 1,
		protocol: ({ topics }) => ({
			name: 'fefaent-sticky',
			metadata: MemberMetadata.encode({ version: 1, topics, userData: Buffer.from(JSON.stringify(owned())) }),
		}),
		assign: async ({ members }) => {
			const known = members.map(({ memberId, memberMetadata }) => {
				const decoded = MemberMetadata.decode(memberMetadata);
				return { id: memberId, topics: decoded?.topics ?? [], owned: readOwned(decoded?.userData) };
			});
			const topics = [...new Set(known.flatMap((member) => member.topics))];
			await cluster.addMultipleTargetTopics(topics);
			const partitions = (topic: string) => cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
			const shares = share(known, new Map(topics.map((topic) => [topic, partitions(topic)])), retrySuffix(groupId));
			return [...shares].map(([memberId, assignment]) => ({
				memberId,
				memberAssignment: MemberAssignment.encode({ version: 1, assignment, userData: Buffer.alloc(0) }),
			}));
		},
	});
}

/** Shares partitions out. Pure, and the same whatever order members and topics come in. */
export function share(
	members: readonly Member[],
	partitions: ReadonlyMap<string, readonly number[]>,
	suffix: string,
): ReadonlyMap<string, Record<string, number[]>> {
	const sorted = [...members].sort((one, two) => (one.id < two.id ? -1 : 1));
	const shares = new Map(sorted.map(({ id }) => [id, {} as Record<string, number[]>]));
	const load = new Map(sorted.map(({ id }) => [id, 0]));
	const give = (id: string, topic: string, partition: number) => {
		const mine = shares.get(id);
		if (!mine) return;
		mine[topic] ??= [];
		mine[topic].push(partition);
	};
	const topics = [...partitions.keys()].sort();
	const owners = new Map<string, string>();
	for (const topic of topics.filter((one) => !(one.endsWith(suffix) && partitions.has(one.slice(0, -suffix.length))))) {
		const takers = sorted.filter((member) => member.topics.includes(topic));
		if (takers.length === 0) continue;
		const all = partitions.get(topic) ?? [];
		const each = Math.floor(all.length / takers.length);
		let extras = all.length % takers.length;
		const count = new Map(takers.map(({ id }) => [id, 0]));
		const take = (id: string, partition: number) => {
			if (count.get(id) === each) extras--;
			count.set(id, (count.get(id) ?? 0) + 1);
			load.set(id, (load.get(id) ?? 0) + 1);
			owners.set(`${topic}/${partition}`, id);
			give(id, topic, partition);
		};
		const hasRoom = (id: string) => (count.get(id) ?? 0) < each || ((count.get(id) ?? 0) === each && extras > 0);
		const homeless = all.filter((partition) => {
			const owner = takers.find(({ id, owned }) => owned[topic]?.includes(partition) && hasRoom(id));
			if (owner) take(owner.id, partition);
			return !owner;
		});
		for (const partition of homeless) {
			const [next] = takers
				.filter(({ id }) => hasRoom(id))
				.sort((one, two) => (count.get(one.id) ?? 0) - (count.get(two.id) ?? 0) || (load.get(one.id) ?? 0) - (load.get(two.id) ?? 0));
			if (next) take(next.id, partition);
		}
	}
	for (const topic of topics.filter((one) => one.endsWith(suffix) && partitions.has(one.slice(0, -suffix.length)))) {
		const takers = sorted.filter((member) => member.topics.includes(topic));
		for (const partition of partitions.get(topic) ?? []) {
			const twin = owners.get(`${topic.slice(0, -suffix.length)}/${partition}`);
			const owner = takers.find(({ id }) => id === twin) ?? takers[partition % takers.length];
			if (owner) give(owner.id, topic, partition);
		}
	}
	return shares;
}

function readOwned(data: Buffer | undefined): Assignment {
	try {
		return JSON.parse(data?.toString() ?? '') as Assignment;
	} catch {
		return {};
	}
}
