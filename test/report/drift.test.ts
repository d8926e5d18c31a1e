import { printable } from '../../src/state/frame.ts';
import { marked } from 'marked';
import parseProm from 'parse-prometheus-text-format';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import type { DriftFinding, DriftResult } from '../../src/planner/drift.ts';
import { driftJson } from '../../src/report/drift/json.ts';
import { judgeDrift, knownDrift } from '../../src/report/drift/judge.ts';
import { driftMarkdown } from '../../src/report/drift/markdown.ts';
import { driftProm } from '../../src/report/drift/prom.ts';
import { tell } from '../../src/report/drift/tell.ts';
import { driftText } from '../../src/report/drift/text.ts';
import { decodeKnown } from '../../src/report/known.ts';
import { plainTheme } from '../../src/report/theme.ts';
import { int } from '../../src/state/value.ts';
import { nasty } from './findings.ts';

const finding = (address: string, more: Partial<DriftFinding> = {}): DriftFinding => ({
  address,
  collection: 'orders',
  kind: 'index',
  verdict: 'drift',
  reason: 'dropped-by-hand',
  milestone: null,
  declared: {},
  applied: {},
  live: null,
  difference: null,
  refusal: null,
  fingerprint: `sha256:${address}`,
  ...more,
});

const made = { name: 'z', key: [['a', int(1)]], options: { unique: true } };
const findings = [
  finding('orders.indexes.a_1'),
  finding(`orders.indexes.${nasty}`, { milestone: nasty, reason: 'refused', refusal: `${nasty}.` }),
  finding('orders.indexes.b_1', { verdict: 'pending', reason: 'not-in-database' }),
  finding('users.indexes.z', { verdict: 'unmanaged', reason: 'unmanaged', live: made }),
];

const quiet: DriftResult = {
  database: 'shop',
  inProgress: null,
  findings,
  ignored: [],
  expired: [{ address: 'tmp_*', reason: nasty, until: '2026-01-31' }],
  leftOut: [],
  looked: findings,
  open: null,
};
const owner = { id: 'k', host: 'ci', pid: 7, user: 'ann', link: null, session: null, run: null };
const busy: DriftResult = {
  ...quiet,
  findings: [],
  expired: [],
  inProgress: { owner, run: 4, since: Date.UTC(2026, 0, 31) },
};

const sources = new Map([['orders.indexes.a_1', { file: 'schema/orders.yaml', line: 4, column: 9 }]]);
const source = { where: 'shop on rs0 (MongoDB 6.0.5)', from: 'schema/ (1 file, 2 collections)' };
const same = (command: string): string => command;
const told = tell(findings, { sources, openRun: null, aim: same });
const all = judgeDrift(told, []);

describe('text', () => {
  const text = driftText(quiet, all, source, plainTheme, same);

  test('no line but a command is wider than 80 columns, and nothing acts on a terminal', () => {
    const lines = text.split('\n').filter((line) => !/schemactl apply|orders\.indexes\.a\|b/.test(line));
    expect(lines.filter((line) => stringWidth(line) > 80)).toEqual([]);
    expect(text).not.toMatch(/[\u001b\u202e]/);
  });

  test('each verdict has its way: back, on, or a declaration', () => {
    expect(text).toContain('→ put it back: schemactl apply --only orders.indexes.a_1\n');
    expect(text).toContain('→ or keep it so: take it out of schema/orders.yaml:4, then apply\n');
    expect(told[3]?.keep).toBe('declare { key: { a: 1 }, name: z, unique: true }');
    expect(text).toMatch(/\nOf 4 objects: 2 drift, 1 pending, 1 unmanaged\.\n$/);
  });

  test('a run that is in progress is said, and nothing else', () => {
    expect(driftText(busy, judgeDrift([], []), source, plainTheme, same).replaceAll(/\s+/g, ' ')).toBe(
      'schemactl drift: shop on rs0 (MongoDB 6.0.5): Run 4 is in progress, by ann@ci (process 7) since 2026-01-31 00:00 UTC: nothing was judged. ',
    );
  });
});

test('an address that a shell would take apart is quoted', () => {
  const [one] = tell([finding("a b.indexes.it's $x")], { sources, openRun: null, aim: same });
  expect(one?.fix).toEqual([`schemactl apply --only 'a b.indexes.it'\\''s $x'`]);
});

test('what json prints is a baseline: the same is known, another fingerprint is not', () => {
  const before = decodeKnown(driftJson(quiet, told, all), knownDrift) ?? [];
  expect(judgeDrift(told, before).fresh).toEqual([]);
  const moved = tell([{ ...findings[0]!, fingerprint: 'sha256:other' }], { sources, openRun: null, aim: same });
  const { fresh, gone } = judgeDrift(moved, before);
  expect([fresh.length, gone.length]).toEqual([1, 3]);
  expect(
    decodeKnown('{"formatVersion":1,"findings":[{"rule":"enum","address":"a","count":1}]}', knownDrift),
  ).toBeNull();
});

describe('markdown', () => {
  test('a row an object, whatever its name holds', () => {
    const html = marked.parse(driftMarkdown(quiet, all, source, same), { async: false });
    expect(html.match(/<tr>/g)).toHaveLength(1 + findings.length);
    expect(html).not.toContain('<d>');
  });

  test('never more than a comment takes', () => {
    const many = Array.from({ length: 5000 }, (_, n) => finding(`orders.indexes.${'x'.repeat(40)}${n}`));
    const large = tell(many, { sources, openRun: null, aim: same });
    const text = driftMarkdown(
      { ...quiet, findings: many, leftOut: [], looked: many },
      judgeDrift(large, []),
      source,
      same,
    );
    expect(Buffer.byteLength(text)).toBeLessThan(65_536);
    expect(text).toMatch(/…and \d+ more: run `schemactl drift`/);
  });
});

/** As labels are printed: what acts on a terminal is escaped, line ends are as they were. */
const escaped = (text: string): string => text.split('\n').map(printable).join('\n');

test('prom: gauges by verdict that a parser reads back; while a run is in progress nothing but that', () => {
  const read = (result: DriftResult) =>
    new Map(parseProm(driftProm(result, Date.UTC(2026, 0, 31))).map((family) => [family.name, family.metrics]));
  const counts = read(quiet).get('schemactl_drift_findings') ?? [];
  expect(counts.map(({ labels, value }) => `${labels?.['verdict'] ?? ''} ${value}`)).toEqual([
    'drift 2',
    'pending 1',
    'unmanaged 1',
  ]);
  expect(read(quiet).get('schemactl_drift_object')?.[1]?.labels?.['address']).toBe(`orders.indexes.${escaped(nasty)}`);
  expect([...read(busy).keys()]).toEqual(['schemactl_drift_run_in_progress']);
});
