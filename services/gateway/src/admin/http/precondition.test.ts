import { expect, test } from 'vitest';
import { etagOf, preconditionOf } from './precondition.ts';

test.each([undefined, '*', ' * ', '"3"', '"2", "3"', ' "2" ,"3"', ', "3"', '"2",,"3"', '"a,b", "3"'])(
	'If-Match: %s is met by "3"',
	(given) => {
		expect(() => preconditionOf(given)(etagOf(3))).not.toThrow();
	},
);

test.each(['"2"', '"33"', '""', 'W/"3"', '"1", W/"3"', '"3,4"', '"*"'])('If-Match: %s is not', (given) => {
	expect(() => preconditionOf(given)(etagOf(3))).toThrow(
		expect.objectContaining({ reason: 'PRECONDITION_FAILED', details: { etag: '"3"' } }),
	);
});

test.each(['', ' ', '3', '"3', "'3'", '"3" "4"', '"3", *', 'w/"3"', '"a b"'])('If-Match: %j is refused', (given) => {
	expect(() => preconditionOf(given)).toThrow(expect.objectContaining({ reason: 'REQUEST_INVALID' }));
});
