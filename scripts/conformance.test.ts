import { expect, it } from 'vitest';
import type { Adapter } from './conformance/adapters.ts';
import { scoresOf, tableOf } from './conformance/score.ts';
import type { VitestReport } from './vitest.ts';

const adapter = (name: string, suite: Adapter['suite'], spared: readonly string[] = []): Adapter => ({
	port: 'p',
	name,
	suite,
	file: `${name}.ts`,
	group: [name],
	spared,
});
const report = (name: string, cases: Readonly<Record<string, string>>): VitestReport => ({
	numPassedTests: 0,
	numFailedTests: 0,
	testResults: [
		{
			name: `/x/${name}.ts`,
			status: 'passed',
			assertionResults: [
				...Object.entries(cases).map(([title, status]) => ({ title, status, fullName: title, ancestorTitles: [name] })),
				{ title: 'of its own', status: 'passed', fullName: '', ancestorTitles: [] },
			],
		},
	],
});

it('scores each adapter by the cases of all, and says what was not run', () => {
	const scores = scoresOf(
		[adapter('one', 'fast'), adapter('two', 'engines', ['c']), adapter('three', 's3')],
		new Map<string, VitestReport | string>([
			['fast', report('one', { a: 'passed', b: 'failed', c: 'passed' })],
			['engines', report('two', { a: 'passed' })],
			['s3', 'no Go'],
		]),
	);
	expect(scores.map(({ passed, failed, lacking, notRun }) => [passed, failed, lacking, notRun])).toEqual([
		[2, ['b'], [], undefined],
		[1, [], ['b'], undefined],
		[0, [], [], 'no Go'],
	]);
	expect(tableOf(scores)).toContain('p     three    0       0       0        no Go');
});

it('a file whose cases are not found lacks every case', () => {
	expect(scoresOf([adapter('one', 'fast')], new Map([['fast', report('other', {})]]))).toMatchObject([{ lacking: ['every case'] }]);
});
