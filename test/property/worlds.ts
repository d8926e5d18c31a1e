import fc, { type Arbitrary } from 'fast-check';
import { SchemactlError } from '../../src/errors.ts';
import type { LedgerEntry } from '../../src/planner/contract.ts';
import { addressOf } from '../../src/state/address.ts';
import { parseSchema, type SchemaFile } from '../../src/state/parse.ts';
import type { DatabaseState, IndexState, Schema } from '../../src/state/types.ts';
import { int } from '../../src/state/value.ts';
import { ledgerOf } from '../planner/support.ts';
import {
  type CollectionModel,
  type IndexModel,
  indexNames,
  labelOf,
  type SchemaModel,
  schemas,
  schemaText,
  sideBySide,
  signatureOf,
} from '../support/generators.ts';

/** A database with a past, and what it is to become. */
export interface World {
  readonly live: DatabaseState;
  readonly ledger: ReadonlyMap<string, LedgerEntry>;
  readonly past: SchemaModel;
  readonly model: SchemaModel;
  readonly schema: Schema;
}

export function parsed(...files: readonly SchemaFile[]): Schema {
  const { schema, diagnostics } = parseSchema(files);
  if (schema === null) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return schema;
}

export const schemaFrom = (model: SchemaModel): Schema => parsed({ path: 's.yaml', text: schemaText(model) });

export const stateOfIndex = ({ key, on, ttl }: IndexModel): IndexState => ({
  key: key.map(([path, direction]) => [path, int(direction)] as const),
  options: {
    ...Object.fromEntries(on.map((option) => [option, true])),
    ...(ttl === null ? {} : { expireAfterSeconds: int(ttl) }),
  },
});

/** The structure that a schema describes; `nameOf` may give an index another name on the server. */
export function stateOf(
  model: SchemaModel,
  nameOf: (of: CollectionModel, index: IndexModel) => string = (_, index) => labelOf(index),
): DatabaseState {
  const collections = model.map((one) => {
    const indexes = one.indexes.map((index) => [nameOf(one, index), stateOfIndex(index)] as const);
    return [
      one.name,
      { type: 'collection', options: {}, validator: null, indexes: Object.fromEntries(indexes) },
    ] as const;
  });
  return { collections: Object.fromEntries(collections) };
}

const tweaks = ['keep', 'keep', 'drop', 'unique', 'sparse', 'hidden', 'ttl', 'name'] as const;
type Tweak = (typeof tweaks)[number];

function tweaked(index: IndexModel, tweak: Tweak, at: number): readonly IndexModel[] {
  const toggled = (option: 'unique' | 'sparse' | 'hidden'): IndexModel => ({
    ...index,
    on: index.on.includes(option) ? index.on.filter((other) => other !== option) : [...index.on, option],
  });
  if (tweak === 'keep') return [index];
  if (tweak === 'drop') return [];
  if (tweak === 'ttl') return [index.key.length > 1 ? index : { ...index, ttl: index.ttl === 60 ? 7200 : 60 }];
  if (tweak === 'name') return [{ ...index, name: index.name === null ? (indexNames[at] as string) : null }];
  return [toggled(tweak)];
}

/** The past with changed indexes, and what another schema has beside it. */
function changed(past: SchemaModel, other: SchemaModel, how: readonly Tweak[]): SchemaModel {
  const kept = past.filter((_, at) => how[at] !== 'drop');
  const both = kept.map(({ name, fields, indexes }, of) => {
    const more = other.find((one) => one.name === name);
    const own = indexes.flatMap((index, at) => tweaked(index, how[(of * 4 + at + 3) % how.length] as Tweak, at));
    const added = (more?.fields ?? []).filter(({ path }) => fields.every((one) => one.path.join() !== path.join()));
    return { name, fields: [...fields, ...added], indexes: sideBySide([...own, ...(more?.indexes ?? [])]) };
  });
  return [...both, ...other.filter(({ name }) => past.every((one) => one.name !== name))];
}

/** Live indexes that somebody dropped, or that nobody declared, on top of what is there. */
function byHand(past: SchemaModel, other: SchemaModel, drops: readonly boolean[]): SchemaModel {
  return past.map((one, of) => {
    const left = one.indexes.filter((_, at) => drops[(of * 3 + at) % drops.length] !== true);
    const more = other.find(({ name }) => name === one.name)?.indexes ?? [];
    const apart = more.filter((index) =>
      one.indexes.every((own) => signatureOf(own) !== signatureOf(index) && labelOf(own) !== labelOf(index)),
    );
    return { ...one, indexes: [...left, ...apart] };
  });
}

/** Databases that are new, found as they are, or managed and partly changed by hand. */
export const worlds: Arbitrary<World> = fc
  .record({
    past: schemas,
    other: schemas,
    hand: schemas,
    how: fc.array(fc.constantFrom(...tweaks), { minLength: 16, maxLength: 16 }),
    drops: fc.array(
      fc.integer({ min: 0, max: 7 }).map((value) => value === 0),
      { minLength: 9, maxLength: 9 },
    ),
    renames: fc.boolean(),
    kind: fc.constantFrom('new', 'found', 'managed', 'managed', 'managed'),
  })
  .map(({ past, other, hand, how, drops, renames, kind }) => {
    const model = changed(past, other, how);
    const schema = schemaFrom(model);
    const none = new Map<string, LedgerEntry>();
    if (kind === 'new') return { live: { collections: {} }, ledger: none, past: [], model, schema };
    const nameOf = (_: CollectionModel, index: IndexModel): string =>
      renames && index.name === null ? `${labelOf(index)}_old` : labelOf(index);
    const live = stateOf(byHand(past, hand, drops), nameOf);
    if (kind === 'found') return { live, ledger: none, past: [], model, schema };
    const names = past.flatMap((one) =>
      one.indexes.map((index) => [addressOf.index(one.name, labelOf(index)), nameOf(one, index)] as const),
    );
    return { live, ledger: ledgerOf(schemaFrom(past), Object.fromEntries(names)), past, model, schema };
  });

/** What is planned, or null where it is refused as impossible (20). Anything else that is thrown is a bug. */
export function unlessRefused<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof SchemactlError && error.exitCode === 20) return null;
    throw error;
  }
}
