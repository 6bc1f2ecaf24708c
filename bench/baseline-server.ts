// What no face can be faster than: Node's http server, the hardened parse and the XSD, and a constant answer. Nothing is stored.
import { createServer } from 'node:http';
import { join } from 'node:path';
import { compileSchema, parseXml } from '@fefaent/xml';

const schema = compileSchema(join(import.meta.dirname, '../xsds/enotumlite/union.xsd'));
const answer = '<ok/>';

const server = createServer((request, response) => {
	const chunks: Buffer[] = [];
	request.on('data', (chunk: Buffer) => chunks.push(chunk));
	request.on('end', () => {
		const body = Buffer.concat(chunks);
		const from = body.indexOf('<PeticioCrearNotificacio');
		using document = parseXml(body.subarray(from, body.indexOf('</soapenv:Body>')));
		const findings = schema.validate(document);
		response.writeHead(findings.length === 0 ? 200 : 500, { 'content-type': 'text/xml', 'content-length': answer.length });
		response.end(answer);
	});
});
server.listen(0, '127.0.0.1', () => {
	const address = server.address();
	process.stdout.write(`baseline is ready: http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}\n`);
});
