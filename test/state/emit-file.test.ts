import { describe, expect, test } from 'vitest';
import { emitCollectionFile } from '../../src/state/emit-file.ts';
import { starterFile } from '../../src/state/starter.ts';
import { type Out, writeYaml } from '../../src/state/yaml/write.ts';
import { collectionOf, findings, parseText, soundSchema } from './support.ts';

const comment = (...lines: readonly string[]): Out => ({ comment: lines });

describe('comments in YAML', () => {
  test.each<[what: string, out: Out, text: string]>([
    [
      'between members',
      new Map([
        ['a', '1'],
        ['#', comment('one', '', 'two')],
        ['b', '2'],
      ]),
      'a: 1\n# one\n\n# two\nb: 2\n',
    ],
    [
      'within a map, which then is no line',
      new Map([
        [
          'a',
          new Map([
            ['b', '1'],
            ['#', comment('x')],
          ]),
        ],
      ]),
      'a:\n  b: 1\n  # x\n',
    ],
    ['in a map without anything else', new Map([['a', new Map([['#', comment('x')]])]]), 'a: {}\n  # x\n'],
    ['between items', new Map([['a', ['1', comment('x'), '2']]]), 'a:\n  - 1\n  # x\n  - 2\n'],
    ['in a list without anything else', new Map([['a', [comment('x')]]]), 'a: []\n  # x\n'],
    [
      'behind the first member of an item',
      [
        new Map([
          ['a', '1'],
          ['#', comment('x')],
        ]),
      ],
      '- a: 1\n  # x\n',
    ],
  ])('%s', (_, out, text) => {
    expect(writeYaml(out, 0)).toBe(text);
  });

  test('nothing in a comment can end it', () => {
    const file = emitCollectionFile({
      collection: collectionOf('{ indexes: [{ key: { a: 1 } }] }'),
      head: ['a\nversion: 2', 'b\r\u2028\u0085x: 1'],
      notes: ['\n      - { key: { b: 1 } }', '\u001b[31m'],
    });
    expect(file).not.toMatch(/[\r\u2028\u0085\u001b]/);
    expect(soundSchema(file)).toEqual(soundSchema('version: 1\ncollections: { c: { indexes: [{ key: { a: 1 } }] } }'));
  });
});

describe('a collection in a file of its own', () => {
  test('what is said of it stands below what is declared', () => {
    const collection = collectionOf('{ description: Things, indexes: [{ key: { a: 1 }, unique: true }] }');
    expect(emitCollectionFile({ collection, head: ['Top'], notes: ['', 'fields:', '  a: { type: int }'] })).toBe(
      [
        '# Top',
        'version: 1',
        'collections:',
        '  c:',
        '    description: Things',
        '    indexes:',
        '      - { key: { a: 1 }, unique: true }',
        '',
        '    # fields:',
        '    #   a: { type: int }',
        '',
      ].join('\n'),
    );
  });

  test('a collection of which nothing is declared still takes what is uncommented', () => {
    const file = emitCollectionFile({
      collection: collectionOf('{}'),
      head: [],
      notes: ['fields:', '  a: { type: int }'],
    });
    expect(soundSchema(file).collections).toEqual([collectionOf('{}')]);
    expect(soundSchema(file.replaceAll('# ', '')).collections[0]?.fields[0]?.name).toBe('a');
  });

  test('without notes it is as short as can be; without a collection it is a file that declares none', () => {
    expect(emitCollectionFile({ collection: collectionOf('{}'), head: [], notes: [] })).toBe(
      'version: 1\ncollections:\n  c: {}\n',
    );
    const none = emitCollectionFile({ collection: null, head: [], notes: ['why'] });
    expect(none).toBe('version: 1\ncollections: {}\n# why\n');
    expect(soundSchema(none).collections).toEqual([]);
  });
});

describe('the starter file', () => {
  const text = starterFile('../schema.json');

  test('is valid, declares nothing, and tells editors where the language is', () => {
    expect(soundSchema(text).collections).toEqual([]);
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\.\/schema\.json\n/);
  });

  test('is valid with everything uncommented, too', () => {
    const [top, rest = ''] = text.split('"# " from what you need.\n#\n');
    const bare = `${top}\n${rest.replace('collections: {}', 'collections:').replaceAll(/^# ?/gm, '')}`;
    expect(findings(parseText(bare))).toEqual([]);
    expect(soundSchema(bare).collections.map(({ name }) => name)).toEqual(['customers', 'orders']);
  });
});
