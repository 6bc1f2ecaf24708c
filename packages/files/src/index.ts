export { makeFolders } from './folders.ts';
export { readIfThere } from './read.ts';
export { createFile, type FileWrite, replaceFile } from './write.ts';
