import { expect } from 'vitest';
import { type ParsedSchema, parseSchema } from '../../src/state/parse.ts';
import type { CollectionDeclaration, FieldDeclaration, Schema } from '../../src/state/types.ts';

/** One file called `s.yaml`. */
export function parseText(text: string): ParsedSchema {
  return parseSchema([{ path: 's.yaml', text }]);
}

/** `2:3 SCH2104 "x" is not … | hint` for each finding. */
export function findings({ diagnostics }: ParsedSchema): readonly string[] {
  return diagnostics.map(
    ({ line, column, code, message, hint }) =>
      `${line}:${column} ${code} ${message}${hint === undefined ? '' : ` | ${hint}`}`,
  );
}

/** The schema of a text that must be sound. */
export function soundSchema(text: string): Schema {
  const parsed = parseText(text);
  if (parsed.schema === null) throw new Error(findings(parsed).join('\n'));
  return parsed.schema;
}

/** The collection `c` of `version: 1` and the given flow map. */
export function collectionOf(flow: string): CollectionDeclaration {
  return soundSchema(`version: 1\ncollections:\n  c: ${flow}\n`).collections[0] as CollectionDeclaration;
}

/** The field `f` with the given flow map. */
export function fieldOf(flow: string): FieldDeclaration {
  return collectionOf(`{ fields: { f: ${flow} } }`).fields[0] as FieldDeclaration;
}

/** Marks, in the text of a table row, where a finding must point; one mark for each, in order. */
const mark = '‸';

export interface Marked {
  readonly text: string;
  /** `line:column` of each mark. */
  readonly places: readonly string[];
}

export function readMarks(marked: string): Marked {
  const places: string[] = [];
  const lines = marked.split('\n').map((line, at) => {
    const [first, ...others] = line.split(mark) as [string, ...string[]];
    let before = [...first].length;
    for (const part of others) {
      places.push(`${at + 1}:${before + 1}`);
      before += [...part].length;
    }
    return [first, ...others].join('');
  });
  return { text: lines.join('\n'), places };
}

/** Fails unless the text is refused with exactly these findings, each beginning with the given words, at the marks. */
export function expectRefused(marked: string, expected: readonly string[]): void {
  const { text, places } = readMarks(marked);
  const parsed = parseText(text);
  const found = findings(parsed);
  expect(parsed.schema).toBeNull();
  const asExpected = found.map((line, at) => {
    const words = `${places[at]} ${expected[at]}`;
    return line.startsWith(words) ? words : line;
  });
  expect(asExpected).toEqual(expected.map((words, at) => `${places[at]} ${words}`));
}
