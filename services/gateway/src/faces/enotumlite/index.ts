export { createEnotumLiteFace } from './face.ts';
export { enotumLitePath } from './names.ts';
export type { EnotumLiteDeps } from './operations/deps.ts';
