import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Answers on their way, by connection: pipelined ones have no part in its end that Node would tell them of. */
const underWay = new WeakMap<Socket, Set<() => void>>();

/**
 * Waits until an answer that was written is in the operating system's hands, or can no longer get there. A connection whose other side does not take
 * it in time is cut: what is not read stays in our memory.
 * @param timeoutMs how long the caller may take, in milliseconds of real time
 */
export function delivered(request: IncomingMessage, response: ServerResponse, timeoutMs: number): Promise<void> {
	const { socket } = request;
	if (response.writableFinished || response.destroyed || socket.destroyed) return Promise.resolve();
	return new Promise((resolve) => {
		const others = underWayOn(socket);
		const over = () => {
			clearTimeout(timer);
			response.off('finish', over).off('close', over);
			others.delete(over);
			resolve();
		};
		const timer = setTimeout(() => socket.destroy(), timeoutMs);
		response.on('finish', over).on('close', over);
		others.add(over);
	});
}

function underWayOn(socket: Socket): Set<() => void> {
	const known = underWay.get(socket);
	if (known) return known;
	const made = new Set<() => void>();
	underWay.set(socket, made);
	socket.once('close', () => {
		for (const over of made) over();
	});
	return made;
}
