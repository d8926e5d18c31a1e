import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { marked } from 'marked';
import { describe, expect, test } from 'vitest';
import { pages } from '../../src/commands/docs.ts';
import { codeMeant, explain, explained } from '../../src/report/explain/codes.ts';
import { explainText } from '../../src/report/explain/text.ts';
import { plainTheme } from '../../src/report/theme.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const filesIn = (folder: string, end: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(end))
    .sort();

/** Every code of an error or a diagnostic in the source, with where it stands. */
const used = filesIn('src', '.ts')
  .filter((file) => !file.startsWith('report/explain/') && file !== 'state/diagnostic-codes.ts')
  .flatMap((file) => {
    const text = readFileSync(join(root, 'src', file), 'utf8');
    return [...text.matchAll(/'(SCH\d{4})'/g)].map(([, code = '']) => ({ code, file }));
  });

describe('every code is told', () => {
  test('each that the source has', () => {
    expect(used.length).toBeGreaterThan(80);
    expect(used.filter(({ code }) => explain(code) === null)).toEqual([]);
  });

  test('and none that it does not have', () => {
    const known = new Set(used.map(({ code }) => code));
    const idle = explained.filter(({ code }) => code.startsWith('SCH') && !known.has(code));
    expect(idle.map(({ code }) => code)).toEqual([]);
  });

  test('each warning that the source emits', () => {
    const emitted = filesIn('src', '.ts').flatMap((file) =>
      [...readFileSync(join(root, 'src', file), 'utf8').matchAll(/event: 'warning', code: '([a-z-]+)'/g)].map(
        ([, code = '']) => code,
      ),
    );
    expect(emitted).toContain('not-purged');
    expect(emitted.filter((code) => explain(code) === null)).toEqual([]);
  });

  test('rules, warnings and codes of plans that the source has', () => {
    const text = filesIn('src', '.ts')
      .filter((file) => !file.startsWith('report/'))
      .map((file) => readFileSync(join(root, 'src', file), 'utf8'))
      .join('\n');
    const named = explained.filter(({ code }) => !code.startsWith('SCH'));
    expect(
      named.filter(({ code }) => !new RegExp(`['\\s|]${code}['\\s:,]`).test(text)).map(({ code }) => code),
    ).toEqual([]);
  });

  test('and nobody is told to take back whatever run is the newest: it may be another one by then', () => {
    const blind = filesIn('src', '.ts').filter((file) =>
      /schemactl rollback(?! --)['.;,]/.test(readFileSync(join(root, 'src', file), 'utf8')),
    );
    expect(blind).toEqual([]);
  });

  test('once, whatever its case', () => {
    const codes = explained.map(({ code }) => code.toLowerCase());
    expect(codes.filter((code, at) => codes.indexOf(code) !== at)).toEqual([]);
    expect(explain('sch2104')?.code).toBe('SCH2104');
  });

  test.each(explained.map((each) => [each.code, each] as const))(
    '%s says what it means and what to do, within the page',
    (_, each) => {
      expect([each.title.endsWith('.'), each.what.endsWith('.'), each.next.length > 0]).toEqual([false, true, true]);
      expect(
        explainText(each, plainTheme)
          .split('\n')
          .filter((line) => line.length > 80),
      ).toEqual([]);
    },
  );

  test.each([
    ['duplicat', 'did you mean "duplicate"?'],
    ['SCH2140', 'did you mean "SCH2104"?'],
    ['no such thing at all', undefined],
  ])('%s: %s', (code, meant) => {
    expect(codeMeant(code)).toBe(meant);
  });
});

describe('the documentation', () => {
  const written = ['codes', 'commands'].flatMap((folder) =>
    filesIn(`docs/${folder}`, '.md').map((name) => `${folder}/${name}`),
  );

  test('has a page for each code and command, as the source says it: npm run docs', () => {
    const made = pages();
    expect(written).toEqual([...made.keys()].sort());
    const stale = [...made].filter(([path, text]) => readFileSync(join(root, 'docs', path), 'utf8') !== text);
    expect(stale.map(([path]) => path)).toEqual([]);
  });

  test('its links lead somewhere, and no text became html', () => {
    for (const path of written) {
      const html = marked.parse(readFileSync(join(root, 'docs', path), 'utf8')) as string;
      for (const [, target = ''] of html.matchAll(/href="([^"]+)"/g))
        expect(written).toContain(`${path.split('/')[0]}/${target}`);
      expect(html.replace(/<\/?(h1|h2|p|em|code|ul|li|pre|table|thead|tbody|tr|th|td|a)( [^>]*)?>/g, '')).not.toMatch(
        /<[a-z]/,
      );
    }
  });
});
