import type { CollectionDeclaration, DatabaseState, IndexDeclaration, Schema } from '../state/types.ts';
import type { Doc } from '../state/value.ts';
import type { LedgerEntry } from './contract.ts';
import { appliedCollection, definitionOf } from './declared.ts';
import { byCollection } from './diff.ts';

function indexOf(entry: LedgerEntry): IndexDeclaration {
  const { name, key, options } = definitionOf(entry) as Pick<IndexDeclaration, 'name' | 'key' | 'options'>;
  return { name, key, options, milestone: entry.milestone, absent: false };
}

function collectionOf(name: string, entries: readonly LedgerEntry[], { collections }: DatabaseState) {
  const own = entries.find(({ kind }) => kind === 'collection');
  const validator = entries.find(({ kind }) => kind === 'validator');
  const applied = appliedCollection(own);
  return {
    name,
    description: null,
    mustExist: false,
    protect: applied?.protect ?? false,
    unmanaged: 'ignore',
    milestone: own?.milestone ?? null,
    renamedFrom: null,
    absent: false,
    type: applied?.type ?? collections[name]?.type ?? 'collection',
    options: applied?.options ?? {},
    validation:
      validator === undefined
        ? null
        : { source: 'raw', validator: definitionOf(validator) as Doc, milestone: validator.milestone },
    fields: [],
    indexes: entries.filter(({ kind }) => kind === 'index').map(indexOf),
    links: [],
    checks: [],
  } satisfies CollectionDeclaration;
}

/** The structure that was applied, as a schema: what the ledger remembers, whatever is declared now. Pure. */
export function appliedSchema(ledger: ReadonlyMap<string, LedgerEntry>, observed: DatabaseState): Schema {
  const collections = [...byCollection(ledger)].map(([name, entries]) => collectionOf(name, entries, observed));
  return {
    milestones: [],
    formats: {},
    unmanaged: 'ignore',
    collections: collections.sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}
