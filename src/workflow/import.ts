import pMap from 'p-map';
import { introspect, type Observed } from '../database/introspect.ts';
import { type Database, isServerError } from '../database/port.ts';
import { sampleDocuments } from '../database/sample.ts';
import { diffSchema, isOwn } from '../planner/diff.ts';
import { acceptDeclaration, type Refused } from '../planner/import/accept.ts';
import { importCollection } from '../planner/import/collection.ts';
import { inferredFields } from '../planner/import/field-lines.ts';
import { fileNames } from '../planner/import/file-names.ts';
import type { Imported, ImportedCollection } from '../planner/import/imported.ts';
import { addDocument, newInference } from '../planner/import/infer.ts';
import { SchemactlError } from '../errors.ts';
import { emitCollectionFile } from '../state/emit-file.ts';
import { parseSchema } from '../state/parse.ts';
import { grouped, plural } from '../state/words.ts';

export interface ImportOptions {
  /** How many documents of a collection are looked at for its fields; 0: none. */
  readonly sample: number;
  /** Comment lines above every file. */
  readonly head: readonly string[];
  /** Told the names of the files before any document is looked at; may throw. */
  readonly before: (files: readonly string[]) => Promise<void>;
}

/** Milliseconds that the fields of one collection are worth. */
const sampleLimitMs = 30_000;

/** Comments that show the fields of a collection as its documents have them. */
async function fieldNotes(db: Database, name: string, size: number): Promise<readonly string[]> {
  const inference = newInference();
  try {
    const sampled = await sampleDocuments(db, name, { size, timeoutMs: sampleLimitMs }, (document) =>
      addDocument(inference, document),
    );
    if (sampled.read === 0) return ['No documents to tell fields from.'];
    const where =
      sampled.read < sampled.total
        ? `in a sample of ${grouped(sampled.read)} of ${plural(sampled.total, 'document')}`
        : `in ${sampled.total === 1 ? 'the only document' : `all ${plural(sampled.total, 'document')}`}`;
    return [
      `Fields as found ${where}. Nothing here is enforced:`,
      'to declare one, take away "# " before it and before "fields:".',
      'fields:',
      ...inferredFields(inference).map((line) => `  ${line}`),
    ];
  } catch (error) {
    if (isServerError(error, 'MaxTimeMSExpired'))
      return [`Fields were not looked at: that took longer than ${sampleLimitMs / 1000} s.`];
    throw error;
  }
}

function refusedNotes({ address, why, yaml }: Refused): readonly string[] {
  return [`Not declared, because ${why} (${address}):`, ...yaml.map((line) => `  ${line}`)];
}

const separated = (blocks: readonly (readonly string[])[]): readonly string[] =>
  blocks.filter((block) => block.length > 0).flatMap((block) => ['', ...block]);

/** What the files would change in the database that they were made from: nothing, or there is a bug to be told of. */
function differences(files: readonly ImportedCollection[], observed: Observed, version: string): readonly string[] {
  const { schema, diagnostics } = parseSchema(files.map(({ file, text }) => ({ path: file, text })));
  if (schema === null) return diagnostics.map(({ file, line, message }) => `${file}:${line}: ${message}`);
  const { state, uuids, building } = observed;
  try {
    const live = { observed: state, uuids, building, ledger: new Map() };
    const input = { ...live, schema, version, checkData: 'none' } as const;
    return diffSchema(input).changes.map(({ address }) => address);
  } catch (error) {
    if (error instanceof SchemactlError) return [error.message];
    throw error;
  }
}

/**
 * The structure of a database as schema files, one a collection, sorted by name; fields as comments.
 * Our own collections are left out. Reads only.
 */
export async function importDatabase(db: Database, { sample, head, before }: ImportOptions): Promise<Imported> {
  const observed = await introspect(db);
  const found = Object.entries(observed.state.collections).filter(([name]) => !isOwn(name));
  const files = fileNames(found.map(([name]) => name));
  await before([...files.values()]);
  const collections = await pMap(
    found,
    async ([name, state]): Promise<ImportedCollection> => {
      const { collection: declared, refused } = acceptDeclaration(importCollection(name, state));
      const fields = sample === 0 || state.type === 'view' ? [] : await fieldNotes(db, name, sample);
      const notes = separated([...refused.map(refusedNotes), declared === null ? [] : fields]);
      const text = emitCollectionFile({ collection: declared, head, notes });
      return { name, file: files.get(name) as string, text, type: state.type, declared, refused };
    },
    { concurrency: 4 },
  );
  return { collections, differing: differences(collections, observed, db.server.version) };
}
