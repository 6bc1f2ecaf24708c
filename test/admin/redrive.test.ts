import { expect, test } from 'vitest';
import { fefaent } from './command.ts';
import { startAdminWorld } from './world.ts';

const v1 = '/admin/v1';

test('who says not which is told what to choose from', async () => {
	await using world = await startAdminWorld();
	const wrong = async (...args: string[]) => {
		const { code, out, err } = await fefaent(world, ['redrive', ...args]);
		expect([code, out]).toEqual([2, '']);
		return err;
	};
	expect(await wrong('notices')).toBe('fefaent: say which: --notice or --notification, or --all\n');
	expect(await wrong('deliveries')).toBe('fefaent: say which: --delivery, --notification or --endpoint, or --all\n');
	expect(await wrong('notices', '--notice', 'x', '--all')).toBe(
		'fefaent: --all goes with no names: give either --notice or --notification, or --all\n',
	);
	expect(await wrong('notices', '--notice', 'x', '--channel', 'sms', '--failure', 'TIMED_OUT')).toBe(
		'fefaent: --channel and --failure: only with --all\n',
	);
	expect(await wrong('notices', '--all', '--since', 'yesterday')).toContain('an instant is expected');
	const post = async (what: string, body: object) => (await world.call('POST', `${v1}/${what}/redrive`, body)).body;
	expect(await post('notices', {})).toMatchObject({ reason: 'REQUEST_INVALID', detail: expect.stringContaining('noticeIds') });
	expect(await post('notices', { noticeIds: ['x'], all: {} })).toMatchObject({ reason: 'REQUEST_INVALID' });
	expect(await post('notices', { noticeIds: ['x'], after: 'x' })).toMatchObject({ reason: 'REQUEST_INVALID' });
	expect(await post('notices', { all: { failure: 'NO_SUCH' } })).toMatchObject({ status: 400 });
	expect(await post('deliveries', {})).toMatchObject({ reason: 'REQUEST_INVALID', detail: expect.stringContaining('endpointId') });
});
