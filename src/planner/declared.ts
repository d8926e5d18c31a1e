import { addressOf, indexName } from '../state/address.ts';
import { canonical, decode, type Json } from '../state/encode.ts';
import { fieldAt } from '../state/field-at.ts';
import type {
  CollectionDeclaration,
  CollectionType,
  FieldDeclaration,
  LinkDeclaration,
  Schema,
} from '../state/types.ts';
import type { ChangeOf } from './change.ts';
import type { LedgerEntry } from './contract.ts';
import type { FieldPath, Former } from './operation.ts';
import { phaseOf } from './rewrite/actions.ts';
import { namesOf } from './rewrite/path.ts';
import { since } from './versions.ts';

/** Something that is declared of what documents hold in a field. */
export interface DeclaredEdit {
  /** Of the field, or of the link that fills it. */
  readonly address: string;
  readonly path: FieldPath;
  readonly action: ChangeOf<'edit'>['action'];
  readonly declares: ChangeOf<'edit'>['declares'];
  readonly milestone: string | null;
}

type Action = DeclaredEdit['action'];

const formerOf = (renamedFrom: string | null | undefined): Former =>
  renamedFrom == null ? {} : { former: renamedFrom };

/** What one field declares of its documents. */
function actionsOf({ absent, renamedFrom, convert, types, compute, ...field }: FieldDeclaration): readonly Action[] {
  if (absent) return [{ kind: 'remove' }];
  const former = formerOf(renamedFrom);
  return [
    ...(renamedFrom === null ? [] : [{ kind: 'rename', from: renamedFrom } as const]),
    ...(convert ? [{ kind: 'convert', types } as const] : []),
    ...(field.default === undefined ? [] : [{ kind: 'fill', value: field.default, ...former } as const]),
    ...(compute === undefined ? [] : [{ kind: 'compute', expression: compute, ...former } as const]),
  ];
}

/** What values a field is declared to hold; null: any. */
function declaredBy(field: FieldDeclaration | undefined): DeclaredEdit['declares'] {
  if (field === undefined || field.types.length === 0 || field.types.includes('any')) return null;
  return { types: field.types, nullable: field.nullable };
}

function fieldEdits(collection: string, field: FieldDeclaration, path: FieldPath): readonly DeclaredEdit[] {
  const { milestone, items } = field;
  const address = addressOf.field(collection, namesOf(path));
  const base = { address, path, declares: declaredBy(field), milestone } as const;
  const own = actionsOf(field).map((action) => ({ ...base, action }));
  const inner = field.fields.flatMap((each) => fieldEdits(collection, each, [...path, each.name]));
  return [...own, ...inner, ...(items === null ? [] : fieldEdits(collection, items, [...path, null]))];
}

function linkEdits(
  { name: collection, fields }: Pick<CollectionDeclaration, 'name' | 'fields'>,
  link: LinkDeclaration,
  version: string,
): readonly DeclaredEdit[] {
  const { populate, target, milestone } = link;
  if (populate === null) return [];
  const { match, where, ambiguous } = populate;
  const concise = since(version, '5.0.0');
  const path = link.field.split('.');
  const field = fieldAt(fields, path);
  const former = formerOf(field?.renamedFrom);
  const join = { collection: target.collection, match, where, take: target.field, concise, ...former };
  const address = addressOf.link(collection, link.name);
  return [{ address, path, action: { kind: 'populate', join, ambiguous }, declares: declaredBy(field), milestone }];
}

/** What a collection declares of its documents, in the order in which it is done: by kind, then as it is written. */
export function declaredEdits(
  { name, fields, links }: CollectionDeclaration,
  version: string,
): readonly DeclaredEdit[] {
  const edits = [
    ...fields.flatMap((field) => fieldEdits(name, field, [field.name])),
    ...links.flatMap((link) => linkEdits({ name, fields }, link, version)),
  ];
  return edits.toSorted((a, b) => phaseOf(a.action) - phaseOf(b.action));
}

/** The data declarations of each field, by address. */
function fieldDefinitions(declaration: CollectionDeclaration): ReadonlyMap<string, readonly DeclaredEdit[]> {
  const found = new Map<string, DeclaredEdit[]>();
  for (const edit of declaredEdits({ ...declaration, links: [] }, '')) {
    found.set(edit.address, [...(found.get(edit.address) ?? []), edit]);
  }
  return found;
}

/** What the ledger remembers of a collection itself. */
export interface AppliedCollection {
  readonly protect: boolean;
  readonly type: CollectionType;
  readonly options: CollectionDeclaration['options'];
}

/** What an entry of the ledger holds, as the data that it was. */
export const definitionOf = ({ definition }: Pick<LedgerEntry, 'definition'>): unknown =>
  decode(JSON.parse(definition) as Json);

export function appliedCollection(entry: LedgerEntry | undefined): AppliedCollection | null {
  return entry === undefined ? null : (definitionOf(entry) as AppliedCollection);
}

/** Whether the ledger holds an entry just so. */
export function isRecorded(entry: LedgerEntry, ledger: ReadonlyMap<string, LedgerEntry>): boolean {
  const known = ledger.get(entry.address);
  return (
    known !== undefined &&
    known.definition === entry.definition &&
    known.live === entry.live &&
    known.milestone === entry.milestone
  );
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
    ...[...fieldDefinitions(declaration)].map(([address, edits]) =>
      entry(
        'field',
        address,
        edits.map(({ path, action }) => ({ path, action })),
        edits[0]?.milestone ?? null,
      ),
    ),
    ...declaration.indexes
      .filter(({ absent }) => !absent)
      .map(({ name, key, options: own, milestone }) =>
        entry('index', addressOf.index(collection, name ?? indexName(key)), { name, key, options: own }, milestone),
      ),
    ...declaration.links.map(({ milestone, ...link }) =>
      entry('link', addressOf.link(collection, link.name), link, milestone),
    ),
    ...declaration.checks.map(({ description: _, ...check }) =>
      entry('check', addressOf.check(collection, check.name), check, null),
    ),
  ];
}

/** One ledger entry a declared object, but for those declared absent: what `apply` records once it holds. */
export function declaredObjects(schema: Schema): readonly LedgerEntry[] {
  return schema.collections.filter(({ absent }) => !absent).flatMap(entriesOf);
}
