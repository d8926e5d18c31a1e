import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { isSound } from '../../src/state/sound.ts';
import { runs, tally } from '../support/generators.ts';

const url = new URL('../../dist/state/sound.js', import.meta.url);
const built = (await import(url.href)) as { readonly isSound: typeof isSound };

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

const reference = parse(readFileSync(new URL('../../schema/collections.yaml', import.meta.url), 'utf8')) as Json;

/** Every container in a value, from the outside. */
function containers(json: Json): (Json[] | { [name: string]: Json })[] {
  if (typeof json !== 'object' || json === null) return [];
  return [json, ...Object.values(json).flatMap(containers)];
}

const words = ['int', 'strange', '', 'key', 'type', 'fields', 'indexes', 'options', 'links', 'checks', 'unique'];
const junk = fc.oneof(
  fc.constantFrom<Json>(null, true, 0, -1, 1, 1.5, [], {}, ['int', 'int'], { a: 1 }),
  fc.constantFrom(...words),
);

/** The reference schema with some values in it exchanged, added or left out. */
const changed = fc
  .array(fc.tuple(fc.nat(), fc.nat(), junk, fc.constantFrom('set', 'add', 'drop'), fc.constantFrom(...words)), {
    maxLength: 2,
  })
  .map((edits) => {
    const copy = structuredClone(reference);
    for (const [where, which, value, how, name] of edits) {
      const all = containers(copy);
      const holder = all[where % all.length] as { [name: string]: Json };
      const names = Object.keys(holder);
      const at = how === 'add' && !Array.isArray(holder) ? name : (names[which % Math.max(1, names.length)] ?? '0');
      if (how !== 'drop') holder[at] = value;
      else if (!Array.isArray(holder)) Reflect.deleteProperty(holder, at);
    }
    return copy;
  });

test('what is compiled by the build finds sound what the language does', () => {
  const { count, share } = tally();
  fc.assert(
    fc.property(changed, (json) => {
      const sound = isSound(json);
      count(sound ? 'sound' : 'unsound');
      expect(built.isSound(json)).toBe(sound);
    }),
    { ...runs, numRuns: 2000 },
  );
  expect(share('sound')).toBeGreaterThan(0.05);
  expect(share('unsound')).toBeGreaterThan(0.05);
});

test('the compiled form needs no compiler', () => {
  expect(readFileSync(url, 'utf8')).not.toMatch(/\b(?:require|import)\b/);
});
