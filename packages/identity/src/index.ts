export { checkCif, cifControls } from './cif.ts';
export { checkIdentity, identityKey } from './identity.ts';
export { checkNif, nifLetter } from './nif.ts';
export { checkPassport } from './passport.ts';
export { checkPhone, type PhoneCheck } from './phone.ts';
export type { IdentityCheck, IdentityProblem, IdentityScheme } from './types.ts';
export { checkVat } from './vat.ts';
