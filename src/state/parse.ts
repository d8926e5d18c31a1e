import { type Diagnostic, sortDiagnostics } from '../diagnostics.ts';
import { type PendingCollection, readCollection, unmanagedOf } from './declare/collection.ts';
import type { Context } from './declare/context.ts';
import { resolveLink } from './declare/link.ts';
import { type Merged, mergeFiles } from './declare/merge.ts';
import { checkFormerNames } from './declare/renames.ts';
import { builtInFormats } from './language.ts';
import { checkShape } from './shape.ts';
import type { CollectionDeclaration, Unmanaged, Schema, SourceMap, SourcePosition } from './types.ts';
import type { YamlNode } from './yaml/node.ts';
import { diagnosticAt, type Report, type SourceFile, sourceFile } from './yaml/place.ts';
import { readEvents } from './yaml/events.ts';
import { readYaml } from './yaml/read.ts';

export interface SchemaFile {
  /** As it is shown to people; clickable with a line behind it. */
  readonly path: string;
  readonly text: string;
}

export interface ParsedSchema {
  /** Null if any diagnostic is an error. */
  readonly schema: Schema | null;
  readonly sources: SourceMap;
  /** Sorted by file, line and column. */
  readonly diagnostics: readonly Diagnostic[];
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1);

/** One finding a place and code: an alias, or two rules that read one literal, would say it twice. */
function collector(): { readonly report: Report; readonly found: () => readonly Diagnostic[] } {
  const diagnostics = new Map<string, Diagnostic>();
  const report: Report = (code, place, message, hint) => {
    const key = JSON.stringify([code, place.file.path, place.start, message]);
    if (!diagnostics.has(key)) diagnostics.set(key, diagnosticAt(code, place, message, hint));
  };
  return { report, found: () => sortDiagnostics([...diagnostics.values()]) };
}

function readCollections(merged: Merged, unmanaged: Unmanaged, context: Context): readonly CollectionDeclaration[] {
  const pending = merged.collections.map((entry) => readCollection(entry, unmanaged, context));
  checkFormerNames(merged.collections, context.report);
  const there = pending.filter(({ collection }) => !collection.absent);
  const known = new Map(there.map(({ collection }) => [collection.name, collection]));
  return pending.map((each) => withLinks(each, known, context)).sort(byName);
}

function withLinks(
  { collection, links }: PendingCollection,
  known: ReadonlyMap<string, CollectionDeclaration>,
  context: Context,
): CollectionDeclaration {
  return { ...collection, links: links.flatMap((link) => resolveLink(link, known, context) ?? []) };
}

type Read = (file: SourceFile, report: Report) => YamlNode | null;

/** The files that could be read, their shape checked. */
function readFiles(files: readonly SchemaFile[], read: Read, report: Report): readonly YamlNode[] {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  return sorted.flatMap(({ path, text }) => {
    const root = read(sourceFile(path, text), report);
    if (root !== null) checkShape(root, report);
    return root ?? [];
  });
}

function readSchema(roots: readonly YamlNode[], sources: Map<string, SourcePosition>, report: Report): Schema {
  const merged = mergeFiles(roots, report);
  const milestones = new Set(merged.milestones.map(({ id }) => id));
  const formats = new Map([...Object.entries(builtInFormats), ...Object.entries(merged.formats)]);
  const unmanaged = unmanagedOf(merged.defaults) ?? 'report';
  const collections = readCollections(merged, unmanaged, { report, milestones, formats, sources });
  return { milestones: merged.milestones, formats: merged.formats, unmanaged, collections };
}

function judge(files: readonly SchemaFile[], read: Read): ParsedSchema {
  const { report, found } = collector();
  const sources = new Map<string, SourcePosition>();
  if (files.length === 0)
    report(
      'SCH2120',
      { file: sourceFile('', ''), start: 0, end: 0 },
      'no schema file was given',
      'name one: --schema FILE',
    );
  const roots = readFiles(files, read, report);
  const schema = roots.length === files.length && roots.length > 0 ? readSchema(roots, sources, report) : null;
  const diagnostics = found();
  const isValid = diagnostics.every(({ severity }) => severity !== 'error');
  return { schema: isValid ? schema : null, sources, diagnostics };
}

/**
 * Reads, merges and judges schema files. The order of the files does not matter.
 * Never throws for what a file holds: every error of every file is in `diagnostics` (codes of `diagnostic-codes.ts`),
 * and then there is no schema. While one file cannot be read at all, names are not looked up across files.
 * Sound files are read the quick way; only a finding is worth reading them with their exact places.
 */
export function parseSchema(files: readonly SchemaFile[]): ParsedSchema {
  const quick: YamlNode[] = [];
  const parsed = judge(files, (file, report) => {
    const root = readEvents(file);
    if (root === null) return readYaml(file, report);
    quick.push(root);
    return root;
  });
  return quick.length === 0 || parsed.diagnostics.length === 0 ? parsed : judge(files, readYaml);
}
