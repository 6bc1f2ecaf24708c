let on = false;
let generation = 0;

/** Whether spans and metrics go anywhere: asked before any is made, so that telemetry costs nothing while it is off. */
export function tracing(): boolean {
	return on;
}

/** Told by startTelemetry. */
export function setTracing(next: boolean): void {
	on = next;
	generation++;
}

/** Makes a value again whenever telemetry was started or ended: an instrument belongs to the provider that was there when it was made. */
export function perTelemetry<T>(make: () => T): () => T {
	let made: { value: T; generation: number } | undefined;
	return () => {
		if (made?.generation !== generation) made = { value: make(), generation };
		return made.value;
	};
}
