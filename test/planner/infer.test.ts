import { describe, expect, test } from 'vitest';
import { inferredFields } from '../../src/planner/import/field-lines.ts';
import { addDocument, newInference } from '../../src/planner/import/infer.ts';
import { parseSchema } from '../../src/state/parse.ts';
import { type Doc, doc, int, scalar } from '../../src/state/value.ts';

function linesOf(documents: readonly Doc[]): readonly string[] {
  const inference = newInference();
  for (const document of documents) addDocument(inference, document);
  return inferredFields(inference);
}

const many = (count: number, make: (at: number) => Doc): readonly Doc[] =>
  Array.from({ length: count }, (_, at) => make(at));

/** The lines without their leading marks, as somebody would take them over. */
function declared(lines: readonly string[]): ReturnType<typeof parseSchema> {
  const text = ['version: 1', 'collections:', '  c:', '    fields:', ...lines.map((line) => `      ${line}`), ''];
  return parseSchema([{ path: 's.yaml', text: text.join('\n') }]);
}

const people = many(100, (at) =>
  doc(
    ['_id', scalar('objectId', '0'.repeat(24))],
    ...(at < 87 ? [['email', at < 85 ? 'a@b.c' : null] as const] : []),
    ['address', doc(['city', 'X'], ...(at % 2 === 0 ? [['zip', int(1)] as const] : []))],
    ['tags', ['a', int(1), 'b', 'c']],
    ['lines', [doc(['qty', at < 99 ? int(1) : scalar('double', '1.5')]), doc(['qty', int(2)], ['note', 'x'])]],
    ['2nd name', true],
  ),
);

describe('what documents show of their fields', () => {
  test('types with their shares, nested fields, items; in the order of the documents', () => {
    expect(linesOf(people)).toEqual([
      '_id: { type: objectId }                               # objectId; in all documents',
      'email: { type: string, nullable: true }               # string 98%, null 2%; in 87% of documents',
      'address:                                              # object; in all documents',
      '  type: object',
      '  fields:',
      '    city: { type: string }  # string; in all objects',
      '    zip: { type: int }      # int; in 50% of objects',
      'tags: { type: array, items: { type: [string, int] } }  # array; in all documents; items: string 75%, int 25%',
      'lines:                                                # array; in all documents',
      '  type: array',
      '  items:  # object',
      '    type: object',
      '    fields:',
      '      qty: { type: [int, double] }  # int >99%, double 1%; in all items',
      '      note: { type: string }        # string; in 50% of items',
      '"2nd name": { type: bool }                            # bool; in all documents',
    ]);
  });

  test('the order of the documents means nothing, and no value is told', () => {
    expect(linesOf(people.toReversed())).toEqual(linesOf(people));
    expect(linesOf(people).join()).not.toMatch(/a@b\.c|"X"/);
  });

  test('the lines are what could be declared', () => {
    const { schema, diagnostics } = declared(linesOf(people));
    expect(diagnostics).toEqual([]);
    const fields = schema?.collections[0]?.fields ?? [];
    expect(fields.map(({ name }) => name)).toEqual(['_id', 'email', 'address', 'tags', 'lines', '2nd name']);
    expect(fields[1]).toMatchObject({ types: ['string'], nullable: true, required: false });
    expect(fields[4]?.items?.fields[0]?.types).toEqual(['int', 'double']);
  });

  test.each<[what: string, documents: readonly Doc[], expected: readonly string[]]>([
    ['no documents', [], []],
    ['an empty array', [doc(['a', []])], ['a: { type: array }  # array; in all documents']],
    ['nothing but null', [doc(['a', null])], ['a: { type: "null" }  # null; in all documents']],
    [
      'a type that no field can have',
      [doc(['a', scalar('minKey', '')]), doc(['a', null])],
      ['a: { type: any, nullable: true }  # minKey 50%, null 50%; in all documents'],
    ],
    [
      'arrays of arrays',
      [doc(['a', [[doc(['b', int(1)])]]])],
      [
        'a:  # array; in all documents',
        '  type: array',
        '  items:  # array',
        '    type: array',
        '    items:  # object',
        '      type: object',
        '      fields:',
        '        b: { type: int }  # int; in all items',
      ],
    ],
    [
      'names that no declaration can have',
      [doc(['a.b', int(1)], ['', int(1)], ['$c', int(1)], ['d', doc(['x.y', int(1)])])],
      [
        'd: { type: object }  # object; in all documents',
        '  # 1 name that no declaration can have: empty, with a dot or a leading $',
        '# 3 names that no declaration can have: empty, with a dot or a leading $',
      ],
    ],
    [
      'names that read like data',
      [
        doc(
          ['0123456789abcdef01234567', int(1)],
          ['a@b', int(1)],
          ['17', int(1)],
          ['2026-01-31', int(1)],
          ['01234567-89ab-cdef-0123-456789abcdef', int(1)],
          ['one two three', int(1)],
          ['line_1', int(1)],
        ),
      ],
      ['line_1: { type: int }  # int; in all documents', '# 6 names that read like data; not listed'],
    ],
  ])('%s', (_, documents, expected) => {
    const lines = linesOf(documents);
    expect(lines).toEqual(expected);
    if (lines.length > 0) expect(declared(lines).diagnostics).toEqual([]);
  });

  test('an object that is used as a map keeps its names to itself', () => {
    const lines = linesOf(many(50, (at) => doc(['byUser', doc([`user${at}`, int(1)])])));
    expect(lines).toEqual([
      'byUser: { type: object }  # object; in all documents',
      '  # 50 different names, as in a map; not listed',
    ]);
  });

  test('more than 200 paths: the outer and the most frequent ones, and how many more', () => {
    const wide = doc(...many(30, () => doc()).map((_, at) => [`f${at}`, doc(...inner())] as const));
    const lines = linesOf([wide, doc(['often', int(1)]), doc(['often', int(1)])]);
    expect(lines.filter((line) => line.includes('type: int'))).toHaveLength(200 - 30);
    expect(lines.some((line) => line.startsWith('often:'))).toBe(true);
    const more = lines.flatMap((line) => /# (\d+) more field/.exec(line)?.[1] ?? []).map(Number);
    expect(more.reduce((sum, count) => sum + count, 0)).toBe(30 * 10 + 31 - 200);
    expect(declared(lines).diagnostics).toEqual([]);
  });

  test('names without number cost a bounded amount of room', () => {
    const lines = linesOf(
      many(100, (at) => doc(...many(100, () => doc()).map((_, n) => [`k${at}x${n}`, int(1)] as const))),
    );
    expect(lines).toEqual(['# 10,000 different names, as in a map; not listed']);
  });
});

function inner(): readonly (readonly [string, ReturnType<typeof int>])[] {
  return Array.from({ length: 10 }, (_, at) => [`g${at}`, int(1)] as const);
}
