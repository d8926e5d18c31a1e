import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { historyText, runText } from '../../src/report/history.ts';
import { statusText as textOf } from '../../src/report/status.ts';
import { colourTheme, plainTheme, type Theme } from '../../src/report/theme.ts';
import type { Owner, Run, WayBack } from '../../src/state/runs.ts';
import type { Status } from '../../src/state/status.ts';

const run: Run = {
  run: 3,
  kind: 'apply',
  state: 'applied',
  by: 'ann',
  host: 'ci',
  commit: '0123456789ab',
  tool: 'schemactl test',
  desired: 'sha256:1',
  checksum: 'sha256:2',
  startedAt: Date.UTC(2026, 0, 31, 12),
  endedAt: Date.UTC(2026, 0, 31, 12, 0, 12),
  steps: { done: 4, total: 4 },
  documents: 48_210,
  late: 0,
  continues: null,
  message: null,
  purgedAt: null,
  purgedBy: null,
};
const owner: Owner = { id: 'k1', host: 'ci', pid: 7, user: 'ann', link: null, session: null, run: null };
const possible: WayBack = { state: 'possible', by: null, blocked: [], later: [], lost: [] };
const statusText = (of: Status, theme: Theme): string => textOf(of, 30 * 86_400_000, theme);
const nasty = 'x\u001b[2J\u202ey\u200b\n';
const shown = 'x\\u{1b}[2J\\u{202e}y\\u{200b}\\u{a}';

const status: Status = {
  database: 'shop',
  milestones: [
    { id: '001', title: 'Done', state: 'completed', done: 2, total: 2, drift: [] },
    { id: '002', title: 'Half', state: 'partial', done: 1, total: 2, drift: [] },
    { id: '003', title: 'Not yet', state: 'pending', done: 0, total: 12, drift: [] },
    {
      id: '004',
      title: 'Moved',
      state: 'drifted',
      done: 1,
      total: 2,
      drift: ['c.indexes.a_1 was dropped by hand', 'd'],
    },
  ],
  others: { state: 'partial', done: 1, total: 3, drift: [] },
  lastRun: run,
  unsettled: null,
  inProgress: null,
  undo: {
    bytes: 1_200_000,
    collections: 1,
    leftovers: [],
    runs: [
      { run: 1, state: 'partly', endedAt: Date.UTC(2026, 0, 2) },
      { run: 3, state: 'possible', endedAt: run.endedAt },
    ],
  },
  lock: null,
};

test('all four states, word for word', () => {
  expect(statusText(status, plainTheme)).toBe(
    [
      'milestone  title                state      done',
      '001        Done                 completed  2/2',
      '002        Half                 partial    1/2',
      '003        Not yet              pending    0/12',
      '004        Moved                drifted    1/2   c.indexes.a_1 was dropped by hand, and 1 more',
      '–          without a milestone  partial    1/3',
      'Last run 3 (apply), 2026-01-31 12:00 UTC, by ann@ci (commit 0123456), 12 s, 4 of',
      '  4 steps, 48,210 documents written: done.',
      'Can be rolled back: runs 1 (in part), 3; 1.2 MB of undo data, 1 dropped',
      '  collection, the oldest of 2026-01-02, kept for 30 days.',
      'Lock free.',
      '',
    ].join('\n'),
  );
});

test.each([
  ['completed', { done: 3, total: 3, drift: [] }],
  ['pending', { done: 0, total: 3, drift: [] }],
  ['partial', { done: 2, total: 3, drift: [] }],
  ['drifted', { done: 2, total: 3, drift: ['c was dropped by hand'] }],
] as const)('what has no milestone can be %s too', (state, others) => {
  const line = statusText({ ...status, milestones: [], others: { state, ...others } }, plainTheme).split('\n')[1];
  expect(line).toMatch(new RegExp(`^– +without a milestone +${state} +`));
});

test('nothing declared outside of milestones has no line, no run and no lock are said', () => {
  const empty: Status = {
    ...status,
    milestones: [],
    others: { state: 'completed', done: 0, total: 0, drift: [] },
    lastRun: null,
  };
  expect(statusText(empty, plainTheme)).toBe('milestone  title  state  done\nNo run yet.\nLock free.\n');
});

test('a held lock names its holder and the way out, one that ran out is free', () => {
  const lock = { format: 1, newer: false, token: 1, owner, expired: false, unlockId: owner.id, leaseUntil: 0 };
  expect(statusText({ ...status, lock }, plainTheme)).toContain(
    'Lock held by ann@ci (process 7); if it is dead: schemactl unlock k1\n',
  );
  const working = { ...lock, owner: { ...owner, run: 3, link: 'https://ci/1' } };
  expect(statusText({ ...status, lock: working }, plainTheme)).toContain(' ann@ci (process 7, run 3, https://ci/1);');
  expect(statusText({ ...status, lock: { ...lock, expired: true } }, plainTheme)).toContain(
    'Lock free (the lease of ann@ci (process 7) ran out).\n',
  );
});

test('an unreadable lock document is freed by its id alone', () => {
  const lock = { format: 1, newer: false, token: 0, owner: null, expired: false, unlockId: '0f $(id)', leaseUntil: 0 };
  expect(statusText({ ...status, lock }, plainTheme).replaceAll('\n  ', ' ')).toContain(
    "Lock held by an unreadable lock document, which no lease frees; if nobody is at work here: schemactl unlock '0f $(id)'\n",
  );
});

test('records of a newer tool are named, and nothing is suggested that would be refused', () => {
  const lock = { format: 2, newer: true, token: 1, owner: null, expired: false, unlockId: null, leaseUntil: 0 };
  const unsettled = { done: [], unknown: ['c'], left: [] };
  const text = statusText({ ...status, unsettled, lock }, plainTheme).replaceAll('\n  ', ' ');
  expect(text).toContain('A newer schemactl keeps its records here (format 2): use that one; this one only reads.\n');
  expect(text).not.toMatch(/Lock free|schemactl (resume|rollback|unlock)/);
});

test('each state has its colour, and colour moves no column', () => {
  const text = statusText(status, colourTheme);
  for (const [on, state] of [
    [32, 'completed'],
    [33, 'partial'],
    [2, 'pending'],
    [31, 'drifted'],
  ] as const) {
    expect(text).toContain(` \u001b[${on}m${state}\u001b[`);
  }
  expect(text.replaceAll(/\u001b\[\d+m/g, '')).toBe(statusText(status, plainTheme));
});

test('the state is coloured, not a word of the title', () => {
  const [first] = status.milestones;
  const text = statusText({ ...status, milestones: [{ ...first!, title: 'Use partial indexes' }] }, colourTheme);
  expect(text).toContain('\u001b[32mcompleted\u001b[39m');
});

test('wide characters keep the columns', () => {
  const [first, second] = status.milestones;
  const wide = { ...first!, id: '牛', title: '牛乳 🥛' };
  const lines = statusText({ ...status, milestones: [wide, { ...second!, state: 'completed' }] }, plainTheme).split(
    '\n',
  );
  const columns = lines.slice(1, 3).map((line) => stringWidth(line.slice(0, line.indexOf('completed'))));
  expect(new Set(columns).size).toBe(1);
});

test('names from elsewhere are escaped everywhere', () => {
  const strange: Run = { ...run, by: nasty, host: nasty, message: nasty };
  const text = statusText(
    {
      ...status,
      milestones: [{ id: nasty, title: nasty, state: 'drifted', done: 0, total: 1, drift: [nasty] }],
      others: { state: 'drifted', done: 0, total: 1, drift: [nasty] },
      lastRun: strange,
      lock: {
        format: 1,
        newer: false,
        token: 1,
        owner: { ...owner, host: nasty, user: nasty, link: nasty },
        expired: false,
        unlockId: nasty,
        leaseUntil: 0,
      },
    },
    plainTheme,
  );
  const objects = [{ address: nasty, action: 'create', state: 'done', documents: 0, milestone: nasty, kept: 0 }];
  const blocked: WayBack = { state: 'partly', by: null, blocked: [nasty], later: [], lost: [] };
  const known = { run: strange, wayBack: blocked };
  for (const each of [text, historyText([known]), runText({ ...known, objects, undoBytes: 1 })]) {
    expect(each).toContain(shown);
    expect(each).not.toMatch(/[\u001b\u202e\u200b]/);
  }
});

test('so are a commit and an owner id, which the environment and the database give', () => {
  const strange: Run = { ...run, commit: '\u001b[2Jabc' };
  const id = '\u001b[2J';
  const lock = {
    format: 1,
    newer: false,
    token: 1,
    owner: { ...owner, id },
    expired: false,
    unlockId: id,
    leaseUntil: 0,
  };
  for (const text of [
    statusText({ ...status, lastRun: strange }, plainTheme),
    historyText([{ run: strange, wayBack: possible }]),
    statusText({ ...status, lock }, plainTheme),
  ])
    expect(text).not.toContain('\u001b');
});

test('the history, newest first, word for word', () => {
  const second: Run = {
    ...run,
    run: 4,
    kind: 'rollback',
    state: 'running',
    endedAt: null,
    commit: null,
    documents: 0,
    steps: { done: 1, total: 4 },
  };
  const runs = [
    { run, wayBack: possible },
    { run: second, wayBack: { ...possible, state: 'nothing' } },
  ] as const;
  expect(historyText(runs)).toBe(
    [
      'run  kind      started               took  steps  documents  by      commit   outcome              way back',
      '4    rollback  2026-01-31 12:00 UTC        1/4    0          ann@ci           running, or cut off',
      '3    apply     2026-01-31 12:00 UTC  12 s  4/4    48,210     ann@ci  0123456  done                 possible',
      '',
    ].join('\n'),
  );
  expect(historyText([])).toBe('No run yet.\n');
});

const halfDone: Run = { ...run, state: 'partial', commit: null, steps: { done: 1, total: 2 }, message: 'It stopped.' };

test('one run, word for word', () => {
  const objects = [
    { address: 'c.fields.f', action: 'write', state: 'done', documents: 9, milestone: '001', kept: 1 },
    { address: 'c.indexes.a_1', action: 'create', state: 'pending', documents: 0, milestone: null, kept: 0 },
  ];
  expect(runText({ run: halfDone, wayBack: possible, objects, undoBytes: 1200 })).toBe(
    [
      'Run 3 (apply), 2026-01-31 12:00 UTC, by ann@ci, 12 s, 1 of 2 steps, 48,210',
      '  documents written: stopped part-way.',
      'It stopped.',
      'Can be taken back; 1.2 kB of undo data kept for it.',
      '  schemactl rollback --run 3',
      '',
      'state    action  milestone  address',
      'done     write   001        c.fields.f     9 documents, 1 document left, as changed since',
      'pending  create             c.indexes.a_1',
      '',
    ].join('\n'),
  );
});

const purged: Run = { ...run, purgedAt: Date.UTC(2026, 2, 1), purgedBy: 'eve@box' };

test.each([
  ['possible', possible, run, /\nCan be taken back\.\n {2}schemactl rollback --run 3\n/],
  ['taken back', { ...possible, state: 'taken-back', by: 5 }, run, /\nTaken back by run 5\.\n/],
  ['nothing', { ...possible, state: 'nothing' }, run, /\nIt changed nothing, so/],
  ['purged', { ...possible, state: 'purged' }, purged, /taken back \(purged 2026-03-01 00:00 UTC by eve@box\)\.\n/],
  [
    'in part',
    { ...possible, state: 'partly', blocked: ['c.fields.f', 'd'] },
    purged,
    /but for c\.fields\.f, d \(purged[^]*\n {2}schemactl rollback --run 3 --exclude c\.fields\.f --exclude d\n/,
  ],
] as const)('the way back: %s', (_, wayBack, of, says) => {
  expect(runText({ run: of, wayBack, objects: [], undoBytes: 0 })).toMatch(says);
});

test.each([
  ['nothing is left', { bytes: 0, collections: 0, leftovers: [], runs: [] }, 'Nothing can be rolled back.'],
  [
    'the size may not be asked',
    { ...status.undo, bytes: null, collections: 0 },
    'Can be rolled back: runs 1 (in part), 3; undo data (its size may not be asked),',
  ],
  [
    'a copy is left',
    { ...status.undo, leftovers: ['schemactl_new_1'] },
    'An overtaken process left 1 copy of a whole collection: schemactl_new_1; remove with: schemactl purge',
  ],
  [
    'many runs',
    {
      ...status.undo,
      runs: Array.from({ length: 12 }, (_, n) => ({ run: n, state: 'possible' as const, endedAt: null })),
    },
    'Can be rolled back: runs …, 4, 5, 6, 7, 8, 9, 10, 11; 1.2 MB of undo data,',
  ],
] as const)('what can be rolled back: %s', (_, undo, says) => {
  expect(statusText({ ...status, undo }, plainTheme).replaceAll(/\n {2}/g, ' ')).toContain(says);
});
