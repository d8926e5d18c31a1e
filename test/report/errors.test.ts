import { describe, expect, test } from 'vitest';
import { exitCodes, SchemactlError } from '../../src/errors.ts';
import { errorJson, errorScreen, errorText } from '../../src/report/error.ts';
import { colourTheme, plainTheme } from '../../src/report/theme.ts';

const plain = new SchemactlError('Collection "c" must exist and does not.', {
  code: 'SCH2001',
  exitCode: exitCodes.blocked,
  details: ['The database holds: a, b.', 'More is not known.'],
  next: ['Check the name.', 'Or declare it.'],
});

const framed = new SchemactlError('error SCH2104: "x" is not known here\n  --> s.yaml:1:1\n    1 | x: 1\n      | ^', {
  code: 'SCH2104',
  exitCode: exitCodes.invalid,
  details: ['one finding'],
  next: ['Mend the file.'],
});

test('an error: what happened, the facts, what to do now', () => {
  expect(errorText(plain, plainTheme)).toBe(
    [
      'error SCH2001: Collection "c" must exist and does not.',
      '  The database holds: a, b.',
      '  More is not known.',
      'Next: Check the name.',
      '      Or declare it.',
      '',
    ].join('\n'),
  );
});

test('findings in files bring their own frame', () => {
  expect(errorText(framed, plainTheme)).toBe(`${framed.message}\nNext: Mend the file.\n`);
});

describe('on a screen it says where there is more', () => {
  const inFiles = (...codes: readonly string[]): SchemactlError => {
    const place = { severity: 'error', message: 'no', file: 's.yaml', line: 1, column: 1, length: 1 } as const;
    const diagnostics = codes.map((code) => ({ ...place, code }));
    return new SchemactlError('error SCH2104: no', { code: 'SCH2104', exitCode: exitCodes.invalid, diagnostics });
  };
  test.each<[string, SchemactlError, readonly string[]]>([
    ['its code', plain, ['  more: schemactl explain SCH2001']],
    [
      'each code of what is wrong in files, once',
      inFiles('SCH2104', 'SCH2107', 'SCH2104'),
      ['  more: schemactl explain SCH2104', '        schemactl explain SCH2107'],
    ],
    ['not twice', new SchemactlError('No.', { code: 'SCH1', exitCode: 1, next: ['Read: schemactl explain SCH1'] }), []],
  ])('%s', (_, error, more) => {
    const text = errorText(error, plainTheme);
    expect(errorScreen(error, plainTheme)).toBe([text, ...more.map((line) => `${line}\n`)].join(''));
  });
});

test('colour marks the code alone', () => {
  expect(errorText(plain, colourTheme).split('\n')[0]).toBe(
    '\u001b[31merror SCH2001\u001b[39m: Collection "c" must exist and does not.',
  );
});

test('nothing of an error acts on a terminal; its lines stay lines', () => {
  const nasty = '\u001b[2Ja\u202eb\u0007\nc\r';
  const error = new SchemactlError(nasty, { code: 'SCH1', exitCode: 1, details: [nasty], next: [nasty] });
  const shown = '\\u{1b}[2Ja\\u{202e}b\\u{7}\nc\\u{d}';
  expect(errorText(error, plainTheme)).toBe(`error SCH1: ${shown}\n  ${shown}\nNext: ${shown}\n`);
});

test.each([
  ['plain', plain],
  ['framed', framed],
])('as JSON it is one line with everything: %s', (_, error) => {
  const text = errorJson(error);
  const { code, message, next, details } = error;
  expect(text.endsWith('\n')).toBe(true);
  expect(text.trimEnd()).not.toContain('\n');
  expect(JSON.parse(text)).toEqual({ error: { code, message, next, details } });
});
