export {
	type AuthorityOptions,
	type CertificateOptions,
	type CertificatePurpose,
	createAuthority,
	issueCertificate,
	type KeyType,
} from './authority.ts';
export { type ChainReport, type ChainTrust, chainToAnchor } from './chain.ts';
export { pkiErrors } from './errors.ts';
export type { KeyedCertificate } from './keyed-certificate.ts';
export { certificatesFromPem, keyedCertificateFromPem, keyedCertificateToPem, toPem } from './pem.ts';
export { readPkcs12 } from './pkcs12/read.ts';
export { writePkcs12 } from './pkcs12/write.ts';
export { encodeTimeStampRequest, parseTimeStampRequest, type TimeStampRequest } from './timestamp/request.ts';
export { encodeGrantedResponse, encodeRejectedResponse, parseTimeStampResponse, type TimeStampResponse } from './timestamp/response.ts';
export { createTokenMinter, type TokenMinter, type TokenMinterOptions } from './timestamp/token.ts';
export { type TimeStampExpectation, type TimeStampReport, verifyTimeStampToken } from './timestamp/verify.ts';
export { type EvidenceReport, type EvidenceTrust, verifyEvidence } from './verify-evidence.ts';
