import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import type { RunEvent } from '../../src/report/events.ts';
import { duration, size } from '../../src/report/format.ts';
import { doneText, eventLine, progressBar } from '../../src/report/run.ts';
import { plainTheme } from '../../src/report/theme.ts';
import { runs } from '../support/generators.ts';

const progress = (documents: number, total: number | null, perSecond = 1000) =>
  ({ event: 'progress', unit: 'u1', documents, total, perSecond, batch: 500, rested: 0 }) as const;

test.each<readonly [line: string | null, event: RunEvent]>([
  ['✔ lock taken (lease 30 s)', { event: 'lock', run: null, leaseSeconds: 30, takenOverFrom: null }],
  [
    '✔ lock taken (lease 30 s), taken over from ann@ci, whose lease had run out',
    { event: 'lock', run: 1, leaseSeconds: 30, takenOverFrom: 'ann@ci' },
  ],
  ['✔ run 3 opened (1 step)', { event: 'run', run: 3, kind: 'apply', steps: 1, resumes: false }],
  [null, { event: 'run', run: 3, kind: 'apply', steps: 1, resumes: true }],
  ['! run 2 was cut off', { event: 'settled', run: 2, outcome: 'closed', message: 'run 2 was cut off' }],
  [
    '… c.fields.f  1,200 documents to write',
    { event: 'unit-started', unit: 'u1', title: 'c.fields.f', steps: ['s1'], documents: 1200 },
  ],
  ['… c', { event: 'unit-started', unit: 'u1', title: 'c', steps: ['s1'], documents: null }],
  ['  25 %, 500 documents, 1,000/s in batches of 500, about 1.5 s left', progress(500, 2000)],
  ['  500 documents, 1,000/s in batches of 500', progress(500, null)],
  ['  100 %, 3,000 documents, 0/s in batches of 500', progress(3000, 2000, 0)],
  [
    `✔ ${'c.fields.f'.padEnd(46)} ${'1 document'.padEnd(18)} 0.4 s`,
    { event: 'unit-done', unit: 'u1', title: 'c.fields.f', documents: 1, seconds: 0.4 },
  ],
  ['! late-documents  c: two came', { event: 'warning', code: 'late-documents', address: 'c', message: 'two came' }],
  [
    null,
    {
      event: 'done',
      run: 1,
      outcome: 'applied',
      exitCode: 0,
      steps: { done: 1, left: 0 },
      late: 0,
      seconds: 1,
      documents: 0,
      irreversible: [],
    },
  ],
])('%s', (line, event) => {
  expect(eventLine(event, plainTheme)).toBe(line);
});

const nasty = 'x\u001b[2J\u202ey\n';

test('names in events are escaped', () => {
  const events: readonly RunEvent[] = [
    { event: 'lock', run: 1, leaseSeconds: 30, takenOverFrom: nasty },
    { event: 'unit-started', unit: 'u1', title: nasty, steps: [], documents: null },
    { event: 'unit-done', unit: 'u1', title: nasty, documents: null, seconds: 1 },
    { event: 'warning', code: 'x', address: nasty, message: nasty },
  ];
  for (const line of [
    ...events.map((event) => eventLine(event, plainTheme)),
    progressBar(nasty, progress(1, 2), 120),
  ]) {
    expect(line).toContain('x\\u{1b}[2J\\u{202e}y');
    expect(line).not.toMatch(/[\u001b\u202e\n]/);
  }
});

test('wide titles keep the columns of finished units', () => {
  const done = (title: string) =>
    eventLine({ event: 'unit-done', unit: 'u1', title, documents: 5, seconds: 1 }, plainTheme) ?? '';
  expect(stringWidth(done('牛乳.fields.名前'))).toBe(stringWidth(done('c.fields.f')));
});

test('a bar, word for word', () => {
  const rested: RunEvent & { event: 'progress' } = { ...progress(500, 2000), rested: 0.6 };
  expect(progressBar('c.fields.f', rested, 132)).toBe(
    `c.fields.f${' '.repeat(20)} █████░░░░░░░░░░░░░░░  25 %, 500 documents, 1,000/s in batches of 500, rested 0.6 s, about 1.5 s left`,
  );
  expect(progressBar('c.fields.f', rested, 80)).toBe(
    'c.fields.f  in batches of 500, rested 0.6 s\n█████░░░░░░░░░░░░░░░ 25 %, 500 documents, 1,000/s, about 1.5 s left',
  );
  expect(progressBar('c.fields.f', { ...progress(420_050, 1_000_000, 15_500), batch: 5000 }, 60)).toBe(
    'c.fields.f  in batches of 5,000\n███░░░░ 42 %, 420,050 documents, 15,500/s, about 37 s left',
  );
  expect(progressBar('c', progress(2000, 2000), 24)).toBe('c\n█████ 100 %, 2,000 doc…');
});

const titles = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60, size: 'max' }),
  fc.string({ unit: fc.constantFrom('牛', '乳', '🥛', 'a', '.'), maxLength: 60, size: 'max' }),
);

test('a bar takes one line or two, none as wide as the terminal', () => {
  const check = (title: string, columns: number, documents: number, total: number | null, perSecond: number): void => {
    const bar = progressBar(title, progress(documents, total, perSecond), columns);
    const lines = bar.split('\n');
    expect(lines.length).toBeLessThan(3);
    for (const line of lines) expect(stringWidth(line)).toBeLessThan(columns);
  };
  const some = fc.nat({ max: 5_000_000 });
  fc.assert(
    fc.property(titles, fc.integer({ min: 1, max: 200 }), some, fc.option(some), fc.nat({ max: 90_000 }), check),
    { ...runs, numRuns: 1000 },
  );
});

test('what a finished run says last', () => {
  const done = {
    event: 'done',
    run: 3,
    outcome: 'applied',
    exitCode: 0,
    steps: { done: 4, left: 0 },
    late: 0,
    seconds: 12,
    documents: 0,
    irreversible: [],
  } as const;
  const undo = 'Undo with: schemactl rollback --run 3\n';
  expect(doneText(done, 'apply', plainTheme)).toBe(
    `Applied run 3: 4 steps in 12 s. Verified: the database is as planned.\n${undo}`,
  );
  expect(doneText({ ...done, documents: 1200, late: 1 }, 'rollback', plainTheme).replaceAll(/\n {2}/g, ' ')).toBe(
    `Rolled back as run 3: 4 steps in 12 s, 1,200 documents written. Verified: the database is as planned. 1 document came late (see above).\n${undo}`,
  );
  const nothing = { ...done, steps: { done: 0, left: 0 } };
  expect(doneText(nothing, 'rollback', plainTheme)).not.toContain('Undo');
  const [part, all] = [['c.fields.a'], ['c.fields.a', 'c.fields.b', 'c.fields.c', 'c.fields.d']];
  expect(doneText({ ...done, irreversible: part }, 'apply', plainTheme)).toContain(
    'Nothing was kept to undo c.fields.a with.\nUndo the rest with: schemactl rollback --run 3 --exclude c.fields.a\n',
  );
  expect(doneText({ ...done, irreversible: all }, 'apply', plainTheme)).toMatch(
    /Nothing was kept to undo it with\.\n$/,
  );
  expect(doneText({ ...done, run: null, outcome: 'recorded' }, 'apply', plainTheme)).toMatch(/^Recorded/);
  expect(doneText({ ...done, run: null, outcome: 'noop' }, 'apply', plainTheme)).toBe('Nothing to do.\n');
});

test.each([
  [0, '0.0 s'],
  [9.94, '9.9 s'],
  [12.4, '12 s'],
  [59.7, '1 min 0 s'],
  [119.7, '2 min 0 s'],
  [200, '3 min 20 s'],
  [7560, '2.1 h'],
])('%d seconds are %s', (seconds, words) => expect(duration(seconds)).toBe(words));

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1200, '1.2 kB'],
  [123_456, '123 kB'],
  [1_200_000, '1.2 MB'],
  [999_999, '1.0 MB'],
])('%d bytes are %s', (bytes, words) => expect(size(bytes)).toBe(words));
