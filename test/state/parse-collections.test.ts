import { describe, expect, test } from 'vitest';
import { parseSchema } from '../../src/state/parse.ts';
import type { CollectionDeclaration } from '../../src/state/types.ts';
import { collectionOf, expectRefused, findings, soundSchema } from './support.ts';

const file = (collections: string): string => `version: 1\ncollections: ${collections}\n`;

const absent: CollectionDeclaration = {
  name: 'c',
  description: null,
  mustExist: false,
  protect: false,
  unmanaged: 'report',
  milestone: null,
  renamedFrom: null,
  absent: true,
  type: 'collection',
  options: {},
  validation: null,
  fields: [],
  indexes: [],
  links: [],
  checks: [],
};

describe('collections that must not be there, were called otherwise, or are pruned', () => {
  test('absent', () => {
    expect(collectionOf('{ absent: true }')).toEqual(absent);
    expect(collectionOf('{ absent: true, description: Old }')).toEqual({ ...absent, description: 'Old' });
    expect(collectionOf('{ absent: false }')).toEqual({ ...absent, absent: false });
  });

  test('absent at a milestone, whatever the default is', () => {
    const { collections } = soundSchema(
      'version: 1\nmilestones: { m: M }\ndefaults: { unmanaged: prune }\ncollections: { c: { absent: true, milestone: m } }\n',
    );
    expect(collections).toEqual([{ ...absent, milestone: 'm' }]);
  });

  test('a former name', () => {
    expect(collectionOf('{ renamedFrom: a.b }').renamedFrom).toBe('a.b');
    expect(collectionOf('{}').renamedFrom).toBeNull();
  });

  test('prune, here and by default', () => {
    expect(collectionOf('{ unmanaged: prune }').unmanaged).toBe('prune');
    const { collections } = soundSchema(
      'version: 1\ndefaults: { unmanaged: prune }\ncollections: { a: {}, b: { unmanaged: ignore } }\n',
    );
    expect(collections.map(({ unmanaged }) => unmanaged)).toEqual(['prune', 'ignore']);
  });
});

const rows: readonly (readonly [what: string, text: string, ...expected: string[]])[] = [
  [
    'more of an absent one',
    file('{ c: { ‸fields: {}, absent: true, ‸protect: true, ‸validator: {} } }'),
    'SCH2116 "fields" cannot stand beside "absent: true" | leave one of the two out',
    'SCH2116 "protect" cannot stand beside',
    'SCH2116 "validator" cannot stand beside',
  ],
  [
    'an absent one renamed',
    file('{ c: { absent: true, ‸renamedFrom: d } }'),
    'SCH2116 "renamedFrom" cannot stand beside',
  ],
  [
    'a link to an absent one',
    file('{ c: { absent: true }, d: { fields: { f: {} }, links: { l: { field: f, references: ‸c._id } } } }'),
    'SCH2107 d.links.l references c._id, but no collection "c" is declared',
  ],
  ['from itself', file('{ c: { renamedFrom: ‸c } }'), 'SCH2116 "c" is already called so | leave "renamedFrom" out'],
  ['from a name that cannot be', file('{ c: { renamedFrom: ‸a$b } }'), 'SCH2111 the collection name "a$b" holds $'],
  ['from our own', file('{ c: { renamedFrom: ‸schemactl_runs } }'), 'SCH2111 "schemactl_runs" is one of'],
  [
    'from a declared one',
    file('{ a: {}, c: { renamedFrom: ‸a } }'),
    'SCH2116 "a" is declared itself (at s.yaml:2), so "c" cannot come from it | leave one of the two out',
  ],
  ['from an absent one', file('{ a: { absent: true }, c: { renamedFrom: ‸a } }'), 'SCH2116 "a" is declared itself'],
  [
    'in a circle',
    file('{ a: { renamedFrom: ‸c }, c: { renamedFrom: ‸a } }'),
    'SCH2116 "c" is declared itself',
    'SCH2116 "a" is declared itself',
  ],
  [
    'two from one',
    file('{ a: { renamedFrom: x }, c: { renamedFrom: ‸x } }'),
    'SCH2112 "a" comes from "x" too (first at s.yaml:2)',
  ],
];

describe('what cannot be meant: collections', () => {
  test.each(rows)('%s', (_what, text, ...expected) => expectRefused(text, expected));
});

test('a former name may be declared in another file', () => {
  const parsed = parseSchema([
    { path: 'a.yaml', text: file('{ a: {} }') },
    { path: 'b.yaml', text: file('{ b: { renamedFrom: a } }') },
  ]);
  expect(findings(parsed)).toEqual([expect.stringContaining('"a" is declared itself (at a.yaml:2)')]);
});
