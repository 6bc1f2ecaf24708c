import { Language } from '@fefaent/contracts/common';
import type { WrittenLanguage } from './language.ts';

/** An instant as templates get it. */
export interface ViewDate {
	/** ISO 8601 with the zone's offset. */
	readonly iso: string;
	/** For people, with the time. */
	readonly text: string;
	/** `dd/mm/yyyy`. */
	readonly brief: string;
}

/** Locales that tell dates; Occitan has no settled form in them and is written in digits. */
const locales: Readonly<Partial<Record<WrittenLanguage, string>>> = {
	[Language.CA]: 'ca-ES',
	[Language.ES]: 'es-ES',
	[Language.EN]: 'en-GB',
};

const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether there is such a time zone. */
export function isZone(zone: string): boolean {
	try {
		return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone).timeZoneId !== '';
	} catch {
		return false;
	}
}

/** Tells an instant in a zone and a language. @throws RangeError for an unknown zone */
export function viewDate(at: Date, zone: string, language: WrittenLanguage): ViewDate {
	const zoned = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone);
	const two = (value: number): string => String(value).padStart(2, '0');
	const brief = `${two(zoned.day)}/${two(zoned.month)}/${zoned.year}`;
	const locale = locales[language];
	return {
		iso: zoned.toString({ timeZoneName: 'never', fractionalSecondDigits: 0 }),
		text: locale === undefined ? `${brief} ${two(zoned.hour)}:${two(zoned.minute)}` : formatOf(locale, zone).format(at),
		brief,
	};
}

/** So many calendar days later, at the same wall time: what an expiry is counted by. */
export function daysAfter(at: Date, days: number, zone: string): Date {
	return new Date(Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone).add({ days }).epochMilliseconds);
}

/** Formats are slow to make. */
function formatOf(locale: string, zone: string): Intl.DateTimeFormat {
	const key = `${locale} ${zone}`;
	const format = formats.get(key) ?? new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: zone });
	formats.set(key, format);
	return format;
}
