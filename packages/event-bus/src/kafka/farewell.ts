/** Waits for a farewell, but not for ever: the other side may be gone. */
export async function within(ms: number, farewell: Promise<unknown>): Promise<void> {
	let timer: NodeJS.Timeout | undefined;
	const deadline = new Promise<void>((resolve) => {
		timer = setTimeout(resolve, ms);
	});
	await Promise.race([farewell.catch(() => {}), deadline]);
	clearTimeout(timer);
}
