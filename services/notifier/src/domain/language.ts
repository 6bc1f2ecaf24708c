import { Language } from '@fefaent/contracts/common';

/** The languages that notices are written in. */
export const languages = [Language.CA, Language.ES, Language.OC, Language.EN] as const;

/** One of {@link languages}. */
export type WrittenLanguage = (typeof languages)[number];

/** The first that is one of {@link languages}: the recipient's, else the notification's, else Catalan. */
export function languageOf(...wanted: readonly (Language | undefined)[]): WrittenLanguage {
	for (const one of wanted) {
		const written = languages.find((language) => language === one);
		if (written !== undefined) return written;
	}
	return Language.CA;
}

const codes: Readonly<Record<WrittenLanguage, string>> = {
	[Language.CA]: 'ca',
	[Language.ES]: 'es',
	[Language.OC]: 'oc',
	[Language.EN]: 'en',
};

/** The language's ISO 639-1 code, as the dialect and mail headers write it. */
export function languageCode(language: Language): string {
	return codes[languageOf(language)];
}
