import { addressOf, indexName } from '../state/address.ts';
import { canonical, decode, type Json } from '../state/encode.ts';
import type { CollectionDeclaration, CollectionType, FieldDeclaration, Schema } from '../state/types.ts';
import type { Value } from '../state/value.ts';
import type { LedgerEntry } from './contract.ts';

/** A field that declares something about documents. */
export interface DeclaredDefault {
  readonly address: string;
  readonly path: readonly string[];
  readonly value: Value;
  readonly milestone: string | null;
}

function defaultsOf(
  collection: string,
  fields: readonly FieldDeclaration[],
  parents: readonly string[],
): readonly DeclaredDefault[] {
  return fields.flatMap((field) => {
    const path = [...parents, field.name];
    const own =
      field.default === undefined
        ? []
        : [{ address: addressOf.field(collection, path), path, value: field.default, milestone: field.milestone }];
    return [...own, ...defaultsOf(collection, field.fields, path)];
  });
}

/** The defaults of a collection, in the order of their declaration. */
export function declaredDefaults(declaration: CollectionDeclaration): readonly DeclaredDefault[] {
  return defaultsOf(declaration.name, declaration.fields, []);
}

/** What the ledger remembers of a collection itself. */
export interface AppliedCollection {
  readonly protect: boolean;
  readonly type: CollectionType;
  readonly options: CollectionDeclaration['options'];
}

export function appliedCollection(entry: LedgerEntry | undefined): AppliedCollection | null {
  return entry === undefined ? null : (decode(JSON.parse(entry.definition) as Json) as AppliedCollection);
}

function entriesOf(declaration: CollectionDeclaration): readonly LedgerEntry[] {
  const { name: collection, protect, type, options, validation } = declaration;
  const validator = validation?.validator;
  const entry = (
    kind: LedgerEntry['kind'],
    address: string,
    definition: unknown,
    milestone: string | null,
  ): LedgerEntry => ({ kind, address, collection, definition: canonical(definition), live: null, milestone });
  return [
    entry('collection', addressOf.collection(collection), { protect, type, options }, declaration.milestone),
    ...(validator == null
      ? []
      : [entry('validator', addressOf.validator(collection), validator, validation?.milestone ?? null)]),
    ...declaredDefaults(declaration).map(({ address, path, value, milestone }) =>
      entry('default', address, { path, value }, milestone),
    ),
    ...declaration.indexes
      .filter(({ absent }) => !absent)
      .map(({ name, key, options: own, milestone }) =>
        entry('index', addressOf.index(collection, name ?? indexName(key)), { name, key, options: own }, milestone),
      ),
    ...declaration.links.map(({ milestone, ...link }) =>
      entry('link', addressOf.link(collection, link.name), link, milestone),
    ),
    ...declaration.checks.map((check) => entry('check', addressOf.check(collection, check.name), check, null)),
  ];
}

/** One ledger entry a declared object, but for those declared absent: what `apply` records once it holds. */
export function declaredObjects(schema: Schema): readonly LedgerEntry[] {
  return schema.collections.filter(({ absent }) => !absent).flatMap(entriesOf);
}
