import { DomainError } from '@fefaent/kernel';
import { ConfigError } from '../config/config.ts';

/** What a system call's failure means to whoever starts a process, by its code. */
const meanings: Readonly<Record<string, string>> = {
	EADDRINUSE: 'it is taken',
	EADDRNOTAVAIL: 'this machine does not have that address',
	EACCES: 'not allowed',
	EPERM: 'not allowed',
	ENOENT: 'it is not there',
	EISDIR: 'it is a folder',
	ENOTDIR: 'a part of its path is not a folder',
	EEXIST: 'something else is there',
	EROFS: 'the file system is read-only',
	ENOSPC: 'the disk is full',
};

/**
 * What to tell whoever starts a process about a failure that they can mend: a setting, a port, a file. It may name paths and addresses.
 * @returns undefined for any other failure: that is a fault of the program, and its stack is wanted
 */
export function refusalOf(error: unknown): string | undefined {
	if (error instanceof ConfigError || error instanceof DomainError) return error.message;
	if (!(error instanceof Error)) return undefined;
	const {
		code = '',
		syscall,
		path,
		port,
		address,
	} = error as NodeJS.ErrnoException & { readonly port?: number; readonly address?: string };
	const meaning = meanings[code];
	if (meaning === undefined) return undefined;
	if (syscall === 'listen') return `${port === undefined ? '' : `port ${port} of `}${address} cannot be opened: ${meaning}`;
	return path === undefined ? undefined : `${path} cannot be used: ${meaning}`;
}
