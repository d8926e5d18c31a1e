import { expect, test } from 'vitest';
import { codeFrame, printable } from '../../src/state/frame.ts';
import { parseText } from './support.ts';

const frames = (text: string): readonly string[] =>
  parseText(text).diagnostics.map((diagnostic) => codeFrame(text, diagnostic));

test('a frame shows the line, the line before, the mark and the hint', () => {
  const text = 'version: 1\ncollections:\n  users:\n    indexes:\n      - { key: { email: 1 }, unqiue: true }\n';
  expect(frames(text)).toEqual([
    [
      'error SCH2104: "unqiue" is not an index option',
      '  --> s.yaml:5:30',
      '    4 |     indexes:',
      '    5 |       - { key: { email: 1 }, unqiue: true }',
      '      |                              ^^^^^^ did you mean "unique"?',
    ].join('\n'),
  ]);
});

test('the first line has none before it, and no hint leaves nothing behind the mark', () => {
  expect(frames('version: 2\r\ncollections: {}\r\n')).toEqual([
    ['error SCH2103: "version" must be 1', '  --> s.yaml:1:10', '    1 | version: 2', '      |          ^'].join('\n'),
  ]);
});

test('the mark stands under wide characters, and behind a byte order mark', () => {
  const [frame] = frames('\uFEFFversion: 1\ncollections: { "牛奶": { oops: 1 } }\n');
  expect(
    frame
      ?.split('\n')
      .slice(3, 5)
      .map((line) => line.trimEnd()),
  ).toEqual(['    2 | collections: { "牛奶": { oops: 1 } }', expect.stringMatching(/^ {6}\| {26}\^{4}( |$)/)]);
});

test('a file cannot command a terminal', () => {
  const text = 'version: 1\ncollections: { "a\u001b[31m\u202eb$": {} }\n';
  const [frame] = frames(text);
  expect(frame).not.toContain('\u001b');
  expect(frame).not.toContain('\u202e');
  expect(frame).toContain('a\\u{1b}[31m\\u{202e}b$');
  expect(printable('a\tb\u0007\u2066')).toBe('a b\\u{7}\\u{2066}');
});

test('a line of a megabyte is cut around the mark', () => {
  const keys = Array.from({ length: 60_000 }, (_, at) => `k${at}: {}`).join(', ');
  const [frame] = frames(`version: 1\ncollections: { ${keys}, "": {} }\n`);
  const [source, mark] = (frame as string).split('\n').slice(3, 5) as [string, string];
  expect(source.length).toBeLessThan(180);
  expect(source.slice(mark.indexOf('^'), mark.indexOf('^') + 2)).toBe('""');
});

test('a place that the text does not have is said without lines', () => {
  const diagnostic = {
    severity: 'error',
    code: 'SCH2120',
    message: 'm',
    file: 'f',
    line: 9,
    column: 1,
    length: 1,
    hint: 'h',
  } as const;
  expect(codeFrame('', diagnostic)).toBe('error SCH2120: m\n  --> f:9:1\n  h');
});
