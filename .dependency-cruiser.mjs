// Which room may know which: read ARCHITECTURE.md, "Who may import whom".
/** @type {import('dependency-cruiser').IConfiguration} */
export default {
	forbidden: [
		{
			name: 'services-never-import-each-other',
			comment: 'Services talk through generated RPC contracts and events. Only standalone composes them.',
			severity: 'error',
			from: { path: '^services/([^/]+)/', pathNot: '^services/standalone/' },
			to: { path: '^services/([^/]+)/', pathNot: '^services/$1/' },
		},
		{
			name: 'services-are-entered-by-their-front-door',
			comment: 'Standalone composes services from their index only.',
			severity: 'error',
			from: { path: '^services/standalone/' },
			to: { path: '^services/(?!standalone/)[^/]+/src/', pathNot: '^services/[^/]+/src/index\\.ts$' },
		},
		{
			name: 'packages-never-import-services',
			severity: 'error',
			from: { path: '^packages/' },
			to: { path: '^services/' },
		},
		{
			name: 'packages-are-entered-by-their-exports',
			comment: 'No deep imports by relative path into another package.',
			severity: 'error',
			from: { path: '^(packages|services)/([^/]+)/' },
			to: {
				path: '^packages/',
				pathNot: [
					'^packages/$2/',
					'^packages/[^/]+/src/(index|conformance|testing)\\.ts$',
					'^packages/contracts/src/[a-z]+\\.ts$',
					'^packages/[^/]+/src/[^/]+/(index|conformance|testing)\\.ts$',
				],
			},
		},
		{
			name: 'domain-does-no-io',
			comment: 'domain/ holds pure rules: types and pure helpers only.',
			severity: 'error',
			from: { path: '/domain/', pathNot: '\\.test\\.ts$' },
			to: {
				pathNot: [
					'/domain/',
					'^packages/(kernel|identity|contracts)/',
					'node_modules/(xstate|jsvat|mustache|@bufbuild)/',
					'/errors\\.ts$',
					'^node:(crypto|util)$',
					'^crypto$',
					'^util$',
				],
			},
		},
		{
			name: 'kernel-stands-alone',
			severity: 'error',
			from: { path: '^packages/kernel/src', pathNot: '\\.test\\.ts$' },
			to: { path: '^(packages|services)/', pathNot: '^packages/kernel/' },
		},
		{
			name: 'test-tools-stay-in-tests',
			severity: 'error',
			from: {
				path: '^(packages|services)/[^/]+/src/',
				pathNot: ['\\.test\\.ts$', '^packages/testing/', 'conformance\\.ts$', '/contract\\.ts$', '/testing/'],
			},
			to: { path: '^packages/testing/' },
		},
		{ name: 'no-circles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
		{
			name: 'nothing-unresolved',
			severity: 'error',
			from: {},
			to: { couldNotResolve: true },
		},
	],
	options: {
		doNotFollow: { path: 'node_modules' },
		exclude: { path: '/gen/' },
		tsConfig: { fileName: 'tsconfig.json' },
		tsPreCompilationDeps: true,
		enhancedResolveOptions: {
			exportsFields: ['exports'],
			conditionNames: ['import', 'node', 'default', 'types'],
			extensions: ['.ts', '.mjs', '.js'],
		},
	},
};
