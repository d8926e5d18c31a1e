import { expect, test } from 'vitest';
import { cli } from '../support/cli.ts';
import { useDatabase } from '../support/database.ts';

const { db } = useDatabase('first_run');

test('a fresh database is planned as 6 collections and 14 indexes, applied, and then matches', async () => {
  await db().createCollection('other');
  const plan = await cli('test_first_run', ['plan', '--format', 'json']);
  expect(plan.code).toBe(0);
  expect(JSON.parse(plan.out)).toMatchObject({ summary: { create: 20, delete: 0, write: 0 }, unmanaged: ['other'] });
  const applied = await cli('test_first_run', ['apply', '--auto-approve']);
  expect(applied).toMatchObject({ code: 0 });
  const again = await cli('test_first_run', ['plan', '--detailed-exitcode']);
  expect(again).toMatchObject({ code: 0 });
  expect(again.out).toContain('Nothing to do.');
});
