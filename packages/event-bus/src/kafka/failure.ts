/** The protocol's name of a failure (`NOT_COORDINATOR_FOR_GROUP`); empty when it has none. */
export function typeOf(error: unknown): string {
	return error instanceof Error && 'type' in error && typeof error.type === 'string' ? error.type : '';
}
