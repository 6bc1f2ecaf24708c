/** Whether that is the IANA name of a time zone, as this machine's tables know it. Offsets such as `+01:00` are none. */
export function isZone(text: string): boolean {
	if (!/^[A-Za-z]/.test(text)) return false;
	try {
		new Intl.DateTimeFormat('en', { timeZone: text });
		return true;
	} catch {
		return false;
	}
}

/** Years that a period may last at most: far more than anybody keeps a notification, and far less than dates can count. */
const maxYears = 1_000;

/** Whether that is an ISO 8601 period, zero or longer. */
export function isPeriod(text: string): boolean {
	try {
		const period = Temporal.Duration.from(text);
		return period.sign >= 0 && period.total({ unit: 'years', relativeTo: '2000-01-01' }) <= maxYears;
	} catch {
		return false;
	}
}
