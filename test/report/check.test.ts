import { marked } from 'marked';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { checkJson } from '../../src/report/check/json.ts';
import { fails, judge as judgeResult, type KnownFinding } from '../../src/report/check/judge.ts';
import { knownFinding } from '../../src/report/check/known.ts';
import { checkMarkdown } from '../../src/report/check/markdown.ts';
import { checkText, percent } from '../../src/report/check/text.ts';
import { decodeKnown, encodeKnown } from '../../src/report/known.ts';
import { plainTheme } from '../../src/report/theme.ts';
import type { Finding } from '../../src/state/finding.ts';
import { finding, findings, nasty, result } from './findings.ts';

const source = { where: 'shop on rs0 (MongoDB 6.0.5)', from: 'schema/ (1 file, 2 collections)', sources: new Map() };
const judge = (found: readonly Finding[], before: readonly KnownFinding[]) =>
  judgeResult({ findings: found, undecided: [] }, before);
const all = judge(findings, []);

describe('findings beside those of an earlier look', () => {
  const before = [
    { rule: 'orphan', address: 'orders.links.user', count: 1_204 },
    { rule: 'enum', address: 'orders.fields.status', count: 299 },
    { rule: nasty, address: `orders.checks.${nasty}`, count: 1 },
    { rule: 'type', address: 'users.fields.id', count: 2 },
  ];
  const { fresh, known, gone } = judge(findings, before);

  test('one that has grown is new, one that was estimated is not; what is found no longer is told', () => {
    expect(fresh.map(({ rule }) => rule)).toEqual(['enum', 'format']);
    expect(known.map(({ rule }) => rule)).toEqual(['orphan', nasty]);
    expect(gone).toEqual([before[3]]);
  });

  test('of two earlier looks the one that found more counts', () => {
    expect(judge(findings, [...before, { ...before[1]!, count: 300 }]).fresh.map(({ rule }) => rule)).toEqual([
      'format',
    ]);
    expect(judge(findings, [{ ...before[1]!, count: 300 }, ...before]).fresh.map(({ rule }) => rule)).toEqual([
      'format',
    ]);
  });

  test('they are remembered from what json prints, and from what is kept', () => {
    expect(judge(findings, decodeKnown(checkJson(result, all, new Map()), knownFinding)!).fresh).toEqual([]);
    expect(judge(findings, decodeKnown(encodeKnown('shop', findings), knownFinding)!).fresh).toEqual([]);
  });

  test.each(['', '{}', '[]', '{"formatVersion":2,"findings":[]}', '{"formatVersion":1,"findings":[{"rule":"a"}]}'])(
    '%s holds none',
    (text) => {
      expect(decodeKnown(text, knownFinding)).toBeNull();
    },
  );

  test.each([
    [null, true],
    ['critical', false],
    ['high', false],
    ['medium', true],
    ['low', true],
  ] as const)('--fail-on %s', (failOn, expected) => {
    expect(fails([finding('x', { severity: 'medium' })], failOn)).toBe(expected);
  });
});

describe('text', () => {
  const text = checkText(result, all, source, plainTheme);

  test('worst first, with the counts at the end, nothing that acts on a terminal, in 80 columns where it can be', () => {
    const order = [
      'critical\n',
      'orders.links.user  orphan',
      'high\n',
      'orders.fields.status  enum',
      'medium\n',
      'low\n',
      'Check: 1 critical, 1 high, 1 medium, 1 low',
    ];
    expect(order.map((part) => text.indexOf(part))).toEqual(
      [...order.map((part) => text.indexOf(part))].sort((a, b) => a - b),
    );
    expect(order.every((part) => text.includes(part))).toBe(true);
    expect(text).toContain('1,204 documents (under 0.1 %)');
    expect(text).toContain('about 300 documents (15.0 %)');
    expect(text).toContain('ids 0123456789abcdef01234567, 5, "x"');
    expect(text).not.toMatch(/[\u001b\u202e]/);
    for (const line of text.split('\n').filter((each) => !each.includes('牛')))
      expect(stringWidth(line)).toBeLessThanOrEqual(80);
  });

  test('one line where nothing is new', () => {
    expect(checkText({ ...result, findings: [] }, judge([], []), source, plainTheme)).toBe(
      'schemactl check: shop on rs0 (MongoDB 6.0.5): nothing found (5 rules on 2 collections).\n',
    );
    expect(checkText(result, judge(findings, findings), source, plainTheme)).toContain(
      'nothing new; 4 known from before',
    );
  });

  test.each([
    [1, '100 %'],
    [0.99999, '99.9 %'],
    [0.5, '50.0 %'],
    [0.0005, 'under 0.1 %'],
  ])('%s is %s', (share, words) => expect(percent(share)).toBe(words));
});

test('json: the counts are of what is new; ids are Extended JSON', () => {
  const json = JSON.parse(checkJson(result, judge(findings, [findings[0]!]), new Map())) as Record<string, unknown>;
  expect(json).toMatchObject({
    formatVersion: 1,
    database: 'shop',
    summary: { critical: 0, high: 1, medium: 1, low: 1 },
    rules: 5,
    sampled: null,
    gone: [],
  });
  expect((json['findings'] as unknown[])[0]).toEqual({
    rule: 'orphan',
    address: 'orders.links.user',
    severity: 'critical',
    count: 1204,
    was: null,
    exact: true,
    share: 0.0004,
    sample: [{ $oid: '0123456789abcdef01234567' }, { $numberInt: '5' }, 'x'],
    known: true,
    message: 'status is not pending or done',
    fix: 'change these values of status, or add them to "enum"',
    query: null,
  });
});

describe('markdown, as marked reads it', () => {
  const tableOf = (text: string) => marked.lexer(text).flatMap((token) => (token.type === 'table' ? [token] : []))[0];

  test('the verdict first, a row a finding, no html and no mention from a name', () => {
    const text = checkMarkdown(result, all, source);
    expect(marked.lexer(text)[0]).toMatchObject({
      type: 'heading',
      text: 'schemactl check: 1 critical, 1 high, 1 medium, 1 low',
    });
    const rows = (tableOf(text) as { rows: { text: string }[][] }).rows;
    expect(rows.map((row) => row.length)).toEqual([5, 5, 5, 5]);
    expect(rows.map(([severity]) => severity?.text)).toEqual(['critical', 'high', 'medium', 'low']);
    const html = marked.parse(text) as string;
    expect(html).not.toContain('<d>');
    expect(html.replaceAll(/<code>.*?<\/code>/g, '')).not.toContain('@me');
  });

  test('fits into a comment however much is found', () => {
    const many = Array.from({ length: 2000 }, (_, at) =>
      finding('enum', { address: `c${at}.fields.${'x'.repeat(60)}` }),
    );
    const text = checkMarkdown({ ...result, findings: many }, judge(many, []), source);
    expect(text.length).toBeLessThan(65_536);
    const shown = (tableOf(text) as { rows: unknown[] }).rows.length;
    expect(text).toContain(`…and ${2000 - shown} more`);
  });
});
