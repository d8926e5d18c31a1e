import { printable } from '../../src/state/frame.ts';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv-draft-04';
import { XMLParser } from 'fast-xml-parser';
import parseProm from 'parse-prometheus-text-format';
import { describe, expect, test } from 'vitest';
import { githubText } from '../../src/report/issues/github.ts';
import type { Issues } from '../../src/report/issues/issue.ts';
import { junitText } from '../../src/report/issues/junit.ts';
import { promText } from '../../src/report/issues/prom.ts';
import { sarifText } from '../../src/report/issues/sarif.ts';
import { findings, nasty, result } from './findings.ts';

/** OASIS's own schema, as Microsoft's matchers for SARIF ship it. */
const sarifFile = import.meta.resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
const isSarif = new Ajv.default({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(
  JSON.parse(await readFile(fileURLToPath(sarifFile), 'utf8')) as object,
);

const issues: Issues = {
  command: 'check',
  version: '0.1.0',
  database: 'shop',
  looked: result.rules,
  issues: findings.map((each, at) => ({
    ...each,
    position: at === 3 ? null : { file: 'schema/my orders%.yaml', line: at + 1, column: 3 },
  })),
};

describe('github', () => {
  /** As the runner reads a workflow command (actions/runner, ActionCommand.cs). */
  function read(line: string) {
    const [, command = '', properties = '', message = ''] =
      /^::(\w+)(?: ([^:]*(?:%3A[^:]*)*))?::(.*)$/.exec(line) ?? [];
    const decode = (text: string): string =>
      text
        .replaceAll('%0D', '\r')
        .replaceAll('%0A', '\n')
        .replaceAll('%3A', ':')
        .replaceAll('%2C', ',')
        .replaceAll('%25', '%');
    const pairs = properties
      .split(',')
      .map((pair) => [pair.slice(0, pair.indexOf('=')), decode(pair.slice(pair.indexOf('=') + 1))]);
    return { command, message: decode(message), ...Object.fromEntries(pairs) } as Record<string, string>;
  }

  test('an annotation a finding, errors first, at the line of its declaration', () => {
    const lines = githubText(issues).trimEnd().split('\n').map(read);
    expect(lines.map(({ command }) => command)).toEqual(['error', 'error', 'warning', 'notice']);
    expect(lines[0]).toMatchObject({
      file: 'schema/my orders%.yaml',
      line: '1',
      col: '3',
      title: 'orders.links.user: orphan',
    });
    expect(lines[2]?.['title']).toContain('a|b`c<d>&"\'%:,\\{x}');
    expect(lines[3]?.['file']).toBeUndefined();
  });

  test('ten of a level at most; the last one counts the rest', () => {
    const many = Array.from({ length: 25 }, () => issues.issues[0]!);
    const lines = githubText({ ...issues, issues: [...many, issues.issues[3]!] })
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(11);
    expect(lines[9]).toBe('::error::and 16 more: schemactl check');
  });
});

test('sarif: valid by its schema, each result at its line', () => {
  const log = JSON.parse(sarifText(issues)) as { runs: { results: Record<string, unknown>[] }[] };
  expect(isSarif(log), JSON.stringify(isSarif.errors)).toBe(true);
  expect(isSarif({ ...log, runs: [{ results: [] }] })).toBe(false);
  const results = log.runs[0]?.results ?? [];
  expect(results.map(({ ruleId, level }) => [ruleId, level])).toEqual([
    ['orphan', 'error'],
    ['enum', 'error'],
    [nasty, 'warning'],
    ['format', 'note'],
  ]);
  expect(results[1]?.['locations']).toEqual([
    {
      physicalLocation: {
        artifactLocation: { uri: 'schema/my%20orders%25.yaml' },
        region: { startLine: 2, startColumn: 3 },
      },
      logicalLocations: [{ fullyQualifiedName: 'orders.fields.status' }],
    },
  ]);
});

test('junit: well-formed, a suite a collection, a case a rule, a failure a finding', () => {
  const text = junitText(issues);
  const parsed = new XMLParser({
    ignoreAttributes: false,
    isArray: (name) => ['testsuite', 'testcase'].includes(name),
  }).parse(text) as {
    testsuites: {
      '@_tests': string;
      '@_failures': string;
      testsuite: {
        '@_name': string;
        '@_failures': string;
        testcase: { '@_name': string; failure?: { '@_type': string } }[];
      }[];
    };
  };
  expect(parsed.testsuites).toMatchObject({ '@_tests': '5', '@_failures': '4' });
  expect(
    parsed.testsuites.testsuite.map((suite) => [suite['@_name'], suite['@_failures'], suite.testcase.length]),
  ).toEqual([
    ['orders', '4', 4],
    ['users', '0', 1],
  ]);
  const [, , strange] = parsed.testsuites.testsuite[0]!.testcase;
  expect(strange?.['@_name']).toContain('a|b`c<d>&"\'%:,\\{x}]]>@me');
  expect(strange?.failure?.['@_type']).toBe('medium');
});

/** As labels are printed: what acts on a terminal is escaped, line ends are as they were. */
const escaped = (text: string): string => text.split('\n').map(printable).join('\n');

test('prom: gauges that a parser reads back, labels included', () => {
  const families = new Map(parseProm(promText(issues, Date.UTC(2026, 0, 31))).map((family) => [family.name, family]));
  expect([...families.values()].every(({ type }) => type === 'GAUGE')).toBe(true);
  expect(
    families.get('schemactl_check_findings')?.metrics.map(({ value, labels }) => [labels?.['severity'], value]),
  ).toEqual([
    ['critical', '1'],
    ['high', '1'],
    ['medium', '1'],
    ['low', '1'],
  ]);
  expect(families.get('schemactl_check_documents')?.metrics[2]).toEqual({
    value: '300',
    labels: { database: 'shop', address: `orders.checks.${escaped(nasty)}`, rule: escaped(nasty), severity: 'medium' },
  });
  expect(families.get('schemactl_check_last_run_timestamp_seconds')?.metrics[0]?.value).toBe('1769817600');
});
