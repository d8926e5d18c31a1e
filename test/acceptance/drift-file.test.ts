import { describe, expect, test } from 'vitest';
import { line, useDrift } from '../support/drift.ts';

const { site, run, scene, edit, drift, oneOfEach } = useDrift('drift_file');

/** What is edited in the file after it was applied, and all that is found then. */
const edits: readonly (readonly [what: string, from: string | RegExp, to: string, expected: string])[] = [
  [
    'an index is added',
    'indexes:',
    'indexes:\n      - { key: { a: 1 } }',
    'pending orders.indexes.a_1 not-in-database',
  ],
  [
    'an index is changed',
    '{ user_id: 1 } }',
    '{ user_id: 1 }, sparse: true }',
    'pending orders.indexes.user_id_1 declared-otherwise',
  ],
  ['an index goes', '- { key: { user_id: 1 } }', '', 'pending orders.indexes.user_id_1 no-longer-declared'],
  [
    'an index is declared absent',
    '{ user_id: 1 } }',
    '{ user_id: 1 }, absent: true }',
    'pending orders.indexes.user_id_1 declared-absent',
  ],
  ['a collection goes', /  logs: .*\n/, '', 'pending logs no-longer-declared'],
  [
    'a field gets a default',
    '[open, closed]',
    '[open, closed], default: open',
    'pending orders.fields.status not-applied',
  ],
  ['a field is no longer filled', ', default: null', '', 'pending orders.fields.note no-longer-declared'],
  ['a check changes', 'severity: high', 'severity: low', 'pending orders.checks.lost not-applied'],
  ['a milestone moves', 'milestone: m2', 'milestone: m1', 'pending orders.indexes.day_-1_status_1 not-recorded'],
  ['a collection gets another name', /  logs: \{/, '  journal: { renamedFrom: logs,', 'pending journal renamed'],
];

describe('in the file', () => {
  test.each(edits)('%s', async (_, from, to, expected) => {
    const file = await scene();
    await edit(file, from, to);
    const { findings } = await drift(2, file);
    expect(findings.map(line).sort()).toEqual([expected]);
    await run(0, 'apply', '--auto-approve', '--allow', 'drop-index,drop-collection,index-gap', '--schema', file);
    await drift(0, file);
  });

  test('what is changed on both sides is drift, with all three sides', async () => {
    const file = await scene();
    await site.db().command({ collMod: 'orders', index: { name: 'code_once', hidden: true } });
    await edit(file, 'unique: true, ', '');
    const { findings } = await drift(2, file);
    expect(findings).toMatchObject([
      {
        verdict: 'drift',
        address: 'orders.indexes.code_once',
        declared: { options: {} },
        applied: { options: { unique: true } },
        live: { options: { unique: true, hidden: true } },
      },
    ]);
  });

  test('what somebody made by hand just as it is declared now is only to be recorded', async () => {
    const file = await scene();
    await edit(file, 'indexes:', 'indexes:\n      - { key: { a: 1 } }');
    await site.db().collection('orders').createIndex({ a: 1 });
    expect((await drift(2, file)).findings.map(line)).toEqual(['pending orders.indexes.a_1 not-recorded']);
  });

  test('what was changed by hand to what is declared now is only to be recorded', async () => {
    const file = await scene();
    await site.db().command({ collMod: 'orders', index: { name: 'code_once', hidden: true } });
    expect((await drift(2, file)).findings.map(line)).toEqual(['drift orders.indexes.code_once changed-by-hand']);
    await edit(file, 'unique: true,', 'unique: true, hidden: true,');
    expect((await drift(2, file)).findings.map(line)).toEqual(['pending orders.indexes.code_once not-recorded']);
    await run(0, 'apply', '--auto-approve', '--schema', file);
    await drift(0, file);
  });

  test('a collection that must exist and does not is pending, and says so; a plan refuses', async () => {
    const file = await scene();
    await edit(file, /$/, '  elsewhere: { mustExist: true }\n');
    const { findings } = await drift(2, file);
    expect(findings.map(line)).toEqual(['pending elsewhere refused']);
    expect(findings[0]?.message).toContain('must exist');
    await run(20, 'plan', '--schema', file);
  });
});

test('the three are told apart in text, json and markdown; mended, nothing is found', async () => {
  const file = await oneOfEach();
  const { out } = await run(2, 'drift', '--schema', file);
  const blocks = out.split('\n\n').map((block) => block.split('\n'));
  expect(blocks.map(([first]) => first).slice(1, 4)).toEqual([
    'drift: applied, then changed by hand',
    'pending: declared, not yet applied',
    'unmanaged: there, and never declared',
  ]);
  expect(blocks[1]?.join('\n')).toContain(
    `put it back: schemactl apply --schema ${file} --only orders.indexes.user_id_1`,
  );
  expect(out.trimEnd().split('\n').at(-1)).toMatch(/^Of \d+ objects: 1 drift, 1 pending, 1 unmanaged\.$/);
  const { summary } = await drift(2, file);
  expect(summary).toEqual({ pending: 1, drift: 1, unmanaged: 1, known: 0, ignored: 0 });
  const markdown = (await run(2, 'drift', '--schema', file, '--format', 'markdown')).out;
  expect(markdown.match(/^\| (?:drift|pending|unmanaged) \|/gm)).toEqual(['| drift |', '| pending |', '| unmanaged |']);
  const github = (await run(2, 'drift', '--schema', file, '--format', 'github')).out;
  expect(github).toContain(`schemactl apply --schema ${file} --only orders.indexes.user_id_1`);
  expect(github).not.toContain('--only sessions');
  expect(github).toContain('or absent: true to remove it; or ignore it in the configuration');
  await site.db().dropCollection('sessions');
  await run(0, 'apply', '--auto-approve', '--schema', file);
  expect((await run(0, 'drift', '--schema', file)).out).toMatch(/: nothing found \(\d+ objects\)\.\n?$/);
});
