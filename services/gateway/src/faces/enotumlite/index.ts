export { createEnotumLiteFace } from './face.ts';
