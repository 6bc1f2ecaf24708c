/** Periods of time that a workflow names and a setting fills in. */
export type PeriodName = 'retention' | 'grace';

/** How calendar rules are read. */
export interface CalendarSettings {
	/** IANA time zone. */
	readonly zone: string;
	readonly periods: Readonly<Record<PeriodName, Temporal.Duration>>;
}

/** When something is due, as data. Instants are milliseconds since 1970. */
export type DueRule =
	/** At that instant. */
	| { readonly rule: 'at'; readonly at: number }
	/** After a share (0 to 1) of so many calendar days. */
	| { readonly rule: 'days'; readonly from: number; readonly days: number; readonly share: number }
	/** After a period that a setting names. */
	| { readonly rule: 'period'; readonly from: number; readonly period: PeriodName }
	/** At the last of several. */
	| { readonly rule: 'latest'; readonly of: readonly DueRule[] };

/** The instant that a rule names, in milliseconds since 1970. */
export function dueAt(due: DueRule, calendar: CalendarSettings): number {
	switch (due.rule) {
		case 'at':
			return due.at;
		case 'days': {
			const end = after(due.from, { days: due.days }, calendar.zone);
			return Math.round(due.from + (end - due.from) * due.share);
		}
		case 'period':
			return after(due.from, calendar.periods[due.period], calendar.zone);
		case 'latest':
			return Math.max(...due.of.map((one) => dueAt(one, calendar)));
	}
}

/**
 * A calendar period later at the same wall time of `zone`: ten days over a change of the clocks are not 240 hours. A wall time that does
 * not exist that day moves on by the hour that was skipped; one that comes twice means the first.
 */
function after(from: number, period: Temporal.Duration | { readonly days: number }, zone: string): number {
	return Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone).add(period).epochMilliseconds;
}
