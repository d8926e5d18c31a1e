import { builtInFormats } from '../language.ts';
import type { Milestone } from '../types.ts';
import { entriesAt, entryOf, textOf, type YamlEntry, type YamlNode } from '../yaml/node.ts';
import { describePlace, type Place, type Report } from '../yaml/place.ts';
import { checkPattern } from './rules.ts';

/** The files' declarations side by side; what may stand only once was reported where it stands again. */
export interface Merged {
  readonly milestones: readonly Milestone[];
  readonly formats: Readonly<Record<string, string>>;
  readonly defaults: YamlNode | undefined;
  readonly collections: readonly YamlEntry[];
}

/** The one file's entry of a key that only one file may have. */
function only(roots: readonly YamlNode[], key: string, report: Report): YamlEntry | undefined {
  const [first, ...others] = roots.flatMap((root) => entryOf(root, key) ?? []);
  for (const other of others) {
    report(
      'SCH2112',
      other.key,
      `"${key}" stands in two files (first at ${describePlace((first as YamlEntry).key)})`,
      'keep it in one file',
    );
  }
  return first;
}

/** Entries of the same key in all files, each name once. */
function together(roots: readonly YamlNode[], key: string, what: string, report: Report): readonly YamlEntry[] {
  const seen = new Map<string, Place>();
  return roots
    .flatMap((root) => entriesAt(root, key))
    .filter((entry) => {
      const first = seen.get(entry.name);
      if (first === undefined) seen.set(entry.name, entry.key);
      else
        report(
          'SCH2112',
          entry.key,
          `the ${what} "${entry.name}" is declared twice (first at ${describePlace(first)})`,
          'keep one of the two',
        );
      return first === undefined;
    });
}

function readFormats(roots: readonly YamlNode[], report: Report): Readonly<Record<string, string>> {
  const declared = together(roots, 'formats', 'format', report).flatMap(({ name, key, value }) => {
    const pattern = textOf(value);
    if (Object.hasOwn(builtInFormats, name))
      report('SCH2112', key, `the format "${name}" is built in`, 'choose another name');
    if (name === '') report('SCH2111', key, 'a format needs a name');
    if (pattern === undefined) return [];
    checkPattern(pattern, value, report);
    return [[name, pattern] as const];
  });
  return Object.fromEntries(declared.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function readMilestones(roots: readonly YamlNode[], report: Report): readonly Milestone[] {
  const entry = only(roots, 'milestones', report);
  if (entry?.value.kind !== 'map') return [];
  return [...entry.value.entries.values()].map(({ name, key, value }) => {
    if (name === '') report('SCH2111', key, 'a milestone needs an id');
    return { id: name, title: textOf(value) ?? '' };
  });
}

/** Merges the files' maps. Milestones and defaults stand in one file; formats and collections in any, each name once. */
export function mergeFiles(roots: readonly YamlNode[], report: Report): Merged {
  const [first] = roots;
  if (first !== undefined && roots.every((root) => entryOf(root, 'collections') === undefined)) {
    report(
      'SCH2120',
      { ...first, end: first.start },
      'no file declares "collections"',
      'write "collections: {}" if none is meant',
    );
  }
  return {
    milestones: readMilestones(roots, report),
    formats: readFormats(roots, report),
    defaults: only(roots, 'defaults', report)?.value,
    collections: together(roots, 'collections', 'collection', report),
  };
}
