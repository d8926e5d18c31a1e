import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv-draft-04';
import { XMLParser } from 'fast-xml-parser';
import { HtmlValidate } from 'html-validate';
import { JSDOM } from 'jsdom';
import { marked, type Tokens } from 'marked';
import { describe, expect, test } from 'vitest';
import { exitCodes, SchemactlError } from '../../src/errors.ts';
import { failureRenderers } from '../../src/report/failure.ts';
import { failureFormats } from '../../src/report/formats.ts';
import { githubText } from '../../src/report/issues/github.ts';
import { junitText } from '../../src/report/issues/junit.ts';
import { sarifText } from '../../src/report/issues/sarif.ts';
import { planHtml } from '../../src/report/plan/html.ts';
import { blockingIssues, planIssues } from '../../src/report/plan/issues.ts';
import { planMarkdown } from '../../src/report/plan/markdown.ts';
import { titleOf, verdictOf } from '../../src/report/plan/review.ts';
import { validRenderers } from '../../src/report/valid.ts';
import { printable } from '../../src/state/frame.ts';
import { databaseOf, ledgerOf, planOf, schemaOf } from '../planner/support.ts';
import { nasty } from './findings.ts';
import { hostilePlan, hugePlan, largePlan, review } from './plan-reviews.ts';

const dangerous = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u;
const noop = planOf({ schema: schemaOf('{}') });
const drop = planOf({ live: databaseOf({ c: {} }), schema: schemaOf('{}'), ledger: ledgerOf(schemaOf('{ c: {} }')) });
const allowed = { ...drop, allow: ['drop-collection'] };
const done = {
  event: 'done',
  ...{ run: 3, outcome: 'applied', exitCode: 0, steps: { done: 1, left: 2 } },
  ...{ late: 0, seconds: 9.4, documents: 0, irreversible: [] },
} as const;
const failure = new SchemactlError(`It broke: ${nasty}`, {
  code: 'SCH1001',
  exitCode: exitCodes.partial,
  next: ['Go on.'],
});

test.each([
  ['nothing to do', review(noop), 'good', 'schemactl plan: nothing to do'],
  ['a hazard', review(drop), 'warn', 'schemactl plan: 1 to drop — blocked by 1 hazard'],
  ['a hazard that was allowed', review(allowed), 'good', 'schemactl plan: 1 to drop — ready, 1 hazard allowed'],
  [
    'one that is forbidden, allowed or not',
    review(allowed, { forbidden: allowed.hazards }),
    'bad',
    'schemactl plan: 1 to drop — blocked: 1 hazard forbidden by the configuration',
  ],
  [
    'a run',
    review(drop, { command: 'apply', outcome: { done, error: null } }),
    'good',
    'schemactl apply: 1 to drop — applied as run 3 in 9.4 s',
  ],
  [
    'a run that broke off',
    review(drop, { command: 'apply', outcome: { done, error: failure } }),
    'bad',
    'schemactl apply: 1 to drop — run 3 stopped after 1 of 3 steps',
  ],
  [
    'a run that never began',
    review(allowed, { command: 'apply', outcome: { done: null, error: failure } }),
    'bad',
    'schemactl apply: 1 to drop — was not begun',
  ],
  [
    'a violation wins over a hazard',
    review(hostilePlan),
    'bad',
    'schemactl plan: 4 to create, 1 to drop, 1 field to fill (not counted) — blocked: the data forbids 1 change',
  ],
] as const)('the verdict on %s', (_, given, tone, title) => {
  expect(verdictOf(given).tone).toBe(tone);
  expect(titleOf(given)).toBe(title);
});

describe('markdown, as marked reads it', () => {
  const text = planMarkdown(review(hostilePlan));
  const tokens = marked.lexer(text);
  const tables = tokens.filter((token): token is Tokens.Table => token.type === 'table');

  test('the verdict first, then what is dangerous, then a row an object', () => {
    expect(tokens[0]).toMatchObject({ type: 'heading', text: titleOf(review(hostilePlan)) });
    expect(tables.map(({ header, rows }) => [header.length, rows.length])).toEqual([
      [5, 2],
      [5, hostilePlan.steps.length],
    ]);
    expect(tables.flatMap(({ rows }) => rows).every((row) => row.length === 5)).toBe(true);
    expect(tables[0]!.rows.map(([danger, , , documents]) => [danger!.text, documents!.text])).toEqual([
      ['✘ duplicate', '3'],
      ['! drop-index', ''],
    ]);
  });

  test('no name makes html, mentions anybody, or acts', () => {
    const { window } = new JSDOM(marked.parse(text) as string);
    const names = [...window.document.body.querySelectorAll('*')].map(({ tagName }) => tagName.toLowerCase());
    expect([...new Set(names)].sort()).toEqual(
      ['code', 'details', 'h3', 'p', 'pre', 'sub', 'summary', 'table', 'tbody', 'td', 'th', 'thead', 'tr'].sort(),
    );
    expect(window.document.querySelector('tbody tr code')?.textContent).toContain('|b`c<d>&');
    expect(text).not.toMatch(dangerous);
    expect(text.replace(/```[^]*```|``?[^`]*(`[^`]+)*``?/g, '')).not.toMatch(/@\w/);
  });

  test('a comment is never too long, and counts what it leaves out', () => {
    const long = planMarkdown(review(hugePlan));
    expect(hugePlan.steps.length).toBeGreaterThan(2_000);
    expect(Buffer.byteLength(long)).toBeLessThan(65_536);
    expect(long).toMatch(/…and [\d,]+ more: `schemactl plan`/);
    expect(long).toMatch(/…and [\d,]+ lines more|…and [\d,]+ line/);
    expect((long.match(/<details>/g) ?? []).length).toBe((long.match(/<\/details>/g) ?? []).length);
    const many = Array.from({ length: 2_000 }, () => hostilePlan.hazards[0]!);
    const error = new SchemactlError('x'.repeat(10), {
      code: 'SCH1001',
      exitCode: 1,
      details: Array.from({ length: 9_000 }, () => nasty),
    });
    const worst = review({ ...hugePlan, hazards: many }, { outcome: { done, error } });
    expect(Buffer.byteLength(planMarkdown(worst))).toBeLessThan(65_536);
  });

  test('a plan with nothing to do is a heading and where it was made', () => {
    expect(marked.lexer(planMarkdown(review(noop))).map(({ type }) => type)).toEqual(['heading', 'space', 'paragraph']);
  });

  test('a bar behind a backslash stays within its cell', () => {
    const odd = planOf({ schema: schemaOf('{ "a\\\\|b": {} }') });
    const [table] = marked
      .lexer(planMarkdown(review(odd)))
      .filter((token): token is Tokens.Table => token.type === 'table');
    expect(table!.rows[0]!.map(({ text: cell }) => cell)).toEqual(['a\\\\|b', '+ create collection', '', 'exact', '']);
  });
});

describe('html', () => {
  const validator = new HtmlValidate({ extends: ['html-validate:standard'], rules: { 'long-title': 'off' } });
  const scenes = [
    ['a hostile plan', planHtml(review(hostilePlan))],
    ['a large one', planHtml(review(largePlan))],
    ['one with nothing to do', planHtml(review(noop))],
    ['a run that broke off', planHtml(review(drop, { outcome: { done, error: failure } }))],
    ['a failure', failureRenderers(failure, 'plan', '0.1.0').html()],
  ] as const;

  test.each(scenes)('%s is valid', async (_, text) => {
    const { results } = await validator.validateString(text);
    expect(
      results.flatMap(({ messages }) => messages.map(({ ruleId, message, line }) => `${line} ${ruleId} ${message}`)),
    ).toEqual([]);
  });

  test.each(scenes)('%s asks for nothing and runs only its own script', (_, text) => {
    const { window } = new JSDOM(text);
    const { document } = window;
    const fetching = document.querySelectorAll('[src],link,iframe,object,embed,form,base,image,use,[onclick],[style]');
    expect(fetching).toHaveLength(0);
    const links = [...document.querySelectorAll('a')].map((link) => link.getAttribute('href') ?? '');
    expect(links.every((href) => /^#s\d+$/.test(href) && document.querySelector(href) !== null)).toBe(true);
    expect(document.querySelectorAll('script')).toHaveLength(1);
    expect(text).not.toMatch(/@import|url\(\s*['"]?(?!#)/);
    const policy = document.querySelector('meta[http-equiv]')?.getAttribute('content');
    expect(policy).toContain("default-src 'none'");
    expect(text).not.toMatch(dangerous);
  });

  test('each step with both of its sides, and what is dangerous on top', () => {
    const { document } = new JSDOM(scenes[0][1]).window;
    expect(document.querySelector('h1')?.textContent).toBe('Blocked: the data forbids 1 change');
    expect(document.querySelectorAll('.step')).toHaveLength(hostilePlan.steps.length);
    expect([...document.querySelectorAll('.card.bad b, .card.warn b')].map((each) => each.textContent)).toEqual([
      '✘ duplicate',
      '! drop-index',
    ]);
    const index = [...document.querySelectorAll('.step')].find((each) => each.textContent.includes('unique, where'))!;
    const cells = [...index.querySelectorAll('tbody tr')].map((row) =>
      [...row.children].map((cell) => cell.textContent),
    );
    expect(cells).toEqual([
      ['name', printable(nasty)],
      ['key', '{ a: 1 }'],
      ['unique', 'true'],
      ['partialFilterExpression.b', printable(JSON.stringify(nasty))],
    ]);
    expect(document.querySelectorAll('svg[role=img] a')).toHaveLength(hostilePlan.units.length);
  });

  test('the search hides what does not hold the words', () => {
    const { window } = new JSDOM(planHtml(review(drop)).replace(/<meta http-equiv[^>]*>/, ''), {
      runScripts: 'dangerously',
    });
    const [box, step] = [window.document.querySelector('input')!, window.document.querySelector('.step')!];
    const search = (words: string): boolean => {
      box.value = words;
      box.dispatchEvent(new window.Event('input'));
      return step.hidden;
    };
    expect([box.hidden, search('collection'), search('no such thing'), search('')]).toEqual([
      false,
      false,
      true,
      false,
    ]);
  });
});

describe('for machines', () => {
  const placed = review(
    { ...hostilePlan, allow: ['drop-index'] },
    {
      sources: new Map(
        hostilePlan.steps.map(({ address }, at) => [address, { file: 'schema/a b.yaml', line: at + 1, column: 3 }]),
      ),
    },
  );

  test('sarif is valid by its schema: errors block, warnings were allowed', async () => {
    const file = fileURLToPath(import.meta.resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'));
    const isSarif = new Ajv.default({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(
      JSON.parse(await readFile(file, 'utf8')) as object,
    );
    const log = JSON.parse(sarifText(planIssues(placed))) as {
      runs: { results: { ruleId: string; level: string; locations: object[] }[] }[];
    };
    expect(isSarif(log), JSON.stringify(isSarif.errors)).toBe(true);
    expect(log.runs[0]!.results.map(({ ruleId, level }) => [ruleId, level])).toEqual([
      ['duplicate', 'error'],
      ['drop-index', 'warning'],
    ]);
    expect(log.runs[0]!.results[0]!.locations[0]).toMatchObject({
      physicalLocation: { artifactLocation: { uri: 'schema/a%20b.yaml' }, region: { startLine: 3, startColumn: 3 } },
    });
  });

  test('github annotates the lines of the schema', () => {
    const lines = githubText(planIssues(placed)).trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^::error file=schema\/a b\.yaml,line=3,col=3,title=.*duplicate::3 documents share a key/);
    expect(lines[1]).toMatch(/^::warning file=schema\/a b\.yaml,line=6,/);
  });

  test('junit: a case a step and a finding, failures only for what blocks', () => {
    const parser = new XMLParser({
      ignoreAttributes: false,
      isArray: (name) => ['testsuite', 'testcase'].includes(name),
    });
    const read = (text: string) =>
      (
        parser.parse(text) as {
          testsuites: { '@_tests': string; '@_failures': string; testsuite: { testcase: object[] }[] };
        }
      ).testsuites;
    const suites = read(junitText(blockingIssues(placed)));
    expect([suites['@_tests'], suites['@_failures']]).toEqual(['9', '1']);
    expect(suites.testsuite.flatMap(({ testcase }) => testcase)).toHaveLength(9);
    const ran = read(
      junitText(blockingIssues(review(allowed, { command: 'apply', outcome: { done, error: failure } }))),
    );
    expect([ran['@_tests'], ran['@_failures']]).toEqual(['3', '1']);
  });

  test.each(failureFormats)('a failure as %s holds its code or words, and nothing that acts', (format) => {
    const text = failureRenderers(failure, 'plan', '0.1.0')[format]();
    expect(text).toMatch(/It broke/);
    if (format !== 'json') expect(text.replaceAll('\\u001b', '')).not.toMatch(dangerous);
  });

  test('sound files are a report without findings', () => {
    const valid = validRenderers({
      version: '0.1.0',
      files: ['a.yaml', 'b.yaml'],
      from: 'schema/',
      holds: '2 collections',
    });
    expect(valid.github()).toBe('');
    expect(valid.junit()).toContain('tests="2" failures="0"');
    expect((JSON.parse(valid.sarif()) as { runs: { results: unknown[] }[] }).runs[0]?.results).toEqual([]);
    expect(JSON.parse(valid.json())).toEqual({ formatVersion: 1, valid: true, files: 2, holds: '2 collections' });
  });
});
