import { expect, it } from 'vitest';
import { actualitzarEstatAnswer } from './soap-answers.ts';

const around = (result: string): string =>
	'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>' +
	`<RespostaActualitzarEstat xmlns="http://www.aoc.cat/eNotum"><ResultatActualitzarEstat>${result}</ResultatActualitzarEstat></RespostaActualitzarEstat>` +
	'</soapenv:Body></soapenv:Envelope>';

it('names the notification', () => {
	expect(actualitzarEstatAnswer(9_007_199_254_740_991)).toBe(around('<IdNotificacio>9007199254740991</IdNotificacio>'));
});

it('carries the refusal, escaped', () => {
	expect(actualitzarEstatAnswer('7', { code: 'ERR_02', message: 'a < b && c' })).toBe(
		around(
			'<IdNotificacio>7</IdNotificacio><Error><CodiError>ERR_02</CodiError><MissatgeError>a &lt; b &amp;&amp; c</MissatgeError></Error>',
		),
	);
});
