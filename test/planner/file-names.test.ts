import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fileNames } from '../../src/planner/import/file-names.ts';
import { runs } from '../support/generators.ts';

describe('a file for each collection', () => {
  test.each<[names: readonly string[], files: readonly string[]]>([
    [
      ['orders', 'app.users', 'füße', 'a b', '2024'],
      ['orders.yaml', 'app.users.yaml', 'füße.yaml', 'a b.yaml', '2024.yaml'],
    ],
    [
      ['a/b', 'a\\b', 'a-b'],
      ['a-b-XXXXXX.yaml', 'a-b-XXXXXX.yaml', 'a-b.yaml'],
    ],
    [
      ['../../etc/passwd', '.hidden', '-rf'],
      ['_.-..-etc-passwd-XXXXXX.yaml', '_hidden-XXXXXX.yaml', '_rf-XXXXXX.yaml'],
    ],
    [
      ['Users', 'users', 'USERS'],
      ['Users-XXXXXX.yaml', 'users-XXXXXX.yaml', 'USERS.yaml'],
    ],
    [
      ['con', 'NUL', 'com1.x', 'console'],
      ['_con-XXXXXX.yaml', '_NUL-XXXXXX.yaml', '_com1.x-XXXXXX.yaml', 'console.yaml'],
    ],
    [
      ['a.', 'a\u202eb', 'x'.repeat(230)],
      ['a_-XXXXXX.yaml', 'a-b-XXXXXX.yaml', `${'x'.repeat(80)}-XXXXXX.yaml`],
    ],
    [
      ['e\u0301', '\u00e9'],
      ['é-XXXXXX.yaml', 'é.yaml'],
    ],
  ])('%j', (names, files) => {
    const found = fileNames(names);
    expect(names.map((name) => found.get(name)?.replace(/-[0-9a-f]{6}(?=\.yaml$)/, '-XXXXXX'))).toEqual(files);
    expect(fileNames(names.toReversed())).toEqual(found);
  });

  test('no two are one file, wherever they lie', () => {
    const name = fc.string({
      unit: fc.constantFrom('a', 'A', '/', '.', 'é', 'e\u0301', '-', '_', ' ', '🥛'),
      minLength: 1,
    });
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 40 }), (names) => {
        const files = [...fileNames(names).values()];
        expect(new Set(files.map((file) => file.normalize('NFKC').toLowerCase())).size).toBe(names.length);
        for (const file of files) expect(file).toMatch(/^[^./\\-][^/\\]*\.yaml$/);
      }),
      runs,
    );
  });
});
