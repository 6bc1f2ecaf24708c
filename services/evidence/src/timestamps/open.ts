import { builtInAuthority } from './built-in.ts';
import type { AuthorityDescription, TimeStampAuthority } from './port.ts';

/** Opens a described authority, in the thread that seals. @param now the environment's time, for the built-in one */
export async function openAuthority(description: AuthorityDescription, now: () => Date): Promise<TimeStampAuthority> {
	if (description.kind === 'built-in') return builtInAuthority(description, now);
	// The HTTP client is not light: loaded only where it is used.
	const { httpAuthority } = await import('./http.ts');
	return httpAuthority(description);
}
