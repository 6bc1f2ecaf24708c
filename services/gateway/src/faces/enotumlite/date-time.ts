import { compileSchema, parseXml } from '@fefaent/xml';

const schema = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="value" type="xs:dateTime"/></xs:schema>`;
const files = new Map([['date-time.xsd', Buffer.from(schema)]]);
/** The characters of an instant: what has others is none, and these need no escaping. */
const alphabet = /^[-+:.0-9TZ]+$/;

/** Whether a text is an xs:dateTime, as libxml2 reads one. It is to be given without the whitespace around it. */
export function isDateTime(text: string): boolean {
	if (!alphabet.test(text)) return false;
	using document = parseXml(Buffer.from(`<value>${text}</value>`));
	return compileSchema({ files, entry: 'date-time.xsd' }).validate(document).length === 0;
}
