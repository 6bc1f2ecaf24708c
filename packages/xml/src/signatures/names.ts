/** Namespaces and algorithm names of XML signatures: XMLDSig 1.1, RFC 9231 and XAdES (ETSI EN 319 132-1). */
export const dsNamespace = 'http://www.w3.org/2000/09/xmldsig#';
export const xadesNamespace = 'http://uri.etsi.org/01903/v1.3.2#';
export const exclusiveC14n = 'http://www.w3.org/2001/10/xml-exc-c14n#';
export const envelopedTransform = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';
export const signedPropertiesType = 'http://uri.etsi.org/01903#SignedProperties';
export const sha256Uri = 'http://www.w3.org/2001/04/xmlenc#sha256';

/** Digest algorithms that are taken, by URI, as node:crypto calls them. SHA-1 is not. */
export const digestAlgorithms: Readonly<Record<string, string>> = {
	[sha256Uri]: 'sha256',
	'http://www.w3.org/2001/04/xmldsig-more#sha384': 'sha384',
	'http://www.w3.org/2001/04/xmlenc#sha512': 'sha512',
};

/** How a signature algorithm is computed. */
export interface SignatureAlgorithm {
	readonly key: 'ec' | 'rsa';
	readonly hash: 'sha256' | 'sha384' | 'sha512';
}

/** Signature algorithms that are taken, by URI (RFC 9231 section 2.3). */
export const signatureAlgorithms: Readonly<Record<string, SignatureAlgorithm>> = {
	'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256': { key: 'ec', hash: 'sha256' },
	'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384': { key: 'ec', hash: 'sha384' },
	'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512': { key: 'ec', hash: 'sha512' },
	'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256': { key: 'rsa', hash: 'sha256' },
	'http://www.w3.org/2001/04/xmldsig-more#rsa-sha384': { key: 'rsa', hash: 'sha384' },
	'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512': { key: 'rsa', hash: 'sha512' },
};
