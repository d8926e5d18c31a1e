import { addressOf } from '../address.ts';
import { severities } from '../language/schema.ts';
import { didYouMean } from '../suggest.ts';
import type { CollectionDeclaration, FieldDeclaration, FieldType, LinkDeclaration, Severity } from '../types.ts';
import { entriesAt, flagAt, nodeAt, textAt, type YamlNode } from '../yaml/node.ts';
import type { Place } from '../yaml/place.ts';
import { type Context, milestoneOf, notYet, recordSource } from './context.ts';
import { fieldAt } from './field.ts';
import { checkPath } from './names.ts';

/** A link as written; its target can be resolved only when every collection is known. */
export interface PendingLink {
  readonly collection: string;
  readonly link: Omit<LinkDeclaration, 'target'>;
  readonly references: string;
  readonly fieldPlace: Place;
  readonly referencesPlace: Place;
}

/** The declared severity; high where none is declared. */
export function severityOf(node: YamlNode): Severity {
  const text = textAt(node, 'severity');
  return severities.find((severity) => severity === text) ?? 'high';
}

/** The links of a collection, targets unresolved. Findings are reported. */
export function readLinks(collection: string, node: YamlNode, context: Context): readonly PendingLink[] {
  return entriesAt(node, 'links').flatMap(({ name, key, value }) => {
    if (name === '') context.report('SCH2111', key, 'a link needs a name');
    notYet(context, value, 'populate', 'index');
    recordSource(context, addressOf.link(collection, name), key);
    const field = textAt(value, 'field');
    const references = textAt(value, 'references');
    const [fieldPlace, referencesPlace] = [nodeAt(value, 'field'), nodeAt(value, 'references')];
    const milestone = milestoneOf(value, context);
    if (field === undefined || references === undefined || !fieldPlace || !referencesPlace) return [];
    if (!checkPath(field, fieldPlace, context.report)) return [];
    const link = { name, field, optional: flagAt(value, 'optional'), severity: severityOf(value), milestone };
    return [{ collection, link, references, fieldPlace, referencesPlace }];
  });
}

const all = 'all';
type Comparable = ReadonlySet<string> | typeof all;

const numbers: ReadonlySet<FieldType> = new Set<FieldType>(['int', 'long', 'double', 'decimal', 'number']);

/** The kinds of value that a field can be compared by: numbers of every type are equal by value; an array stands for its items. */
function comparable(field: FieldDeclaration): Comparable {
  const kinds = new Set<string>();
  for (const type of field.types) {
    if (type === 'any') return all;
    if (type === 'array') {
      const inner = field.items === null ? all : comparable(field.items);
      if (inner === all) return all;
      for (const kind of inner) kinds.add(kind);
    } else if (type !== 'null') kinds.add(numbers.has(type) ? 'number' : type);
  }
  return kinds;
}

function agree(a: FieldDeclaration, b: FieldDeclaration): boolean {
  const [left, right] = [comparable(a), comparable(b)];
  if (left === all || right === all || left.size === 0 || right.size === 0) return true;
  return [...left].some((kind) => right.has(kind));
}

/** Every document has an _id, whether it is declared or not. */
const implicitId: FieldDeclaration = {
  name: '_id',
  description: null,
  types: ['any'],
  required: true,
  nullable: false,
  default: undefined,
  milestone: null,
  rules: {},
  fields: [],
  items: null,
};

const declaredAt = (collection: CollectionDeclaration, path: string): FieldDeclaration | undefined =>
  fieldAt(collection.fields, path) ?? (path === '_id' ? implicitId : undefined);

/** Collection names may hold dots, so `a.b.id` is field id of `a.b` if that is declared, else field b.id of `a`. */
function resolve(
  references: string,
  collections: ReadonlyMap<string, CollectionDeclaration>,
): LinkDeclaration['target'] | null {
  for (let dot = references.lastIndexOf('.'); dot > 0; dot = references.lastIndexOf('.', dot - 1)) {
    const collection = references.slice(0, dot);
    if (collections.has(collection)) return { collection, field: references.slice(dot + 1) };
  }
  return null;
}

const typeNames = (field: FieldDeclaration): string => field.types.join(' or ');

/** The link with its target; null if an end is not declared or the types differ, which is reported naming both ends. */
export function resolveLink(
  pending: PendingLink,
  collections: ReadonlyMap<string, CollectionDeclaration>,
  { report }: Context,
): LinkDeclaration | null {
  const { collection, link, references, fieldPlace, referencesPlace } = pending;
  const address = addressOf.link(collection, link.name);
  const owner = collections.get(collection);
  const own = owner === undefined ? undefined : declaredAt(owner, link.field);
  if (own === undefined) {
    const hint = didYouMean(link.field, owner?.fields.map(({ name }) => name) ?? []);
    report(
      'SCH2107',
      fieldPlace,
      `${address} stands on the field "${link.field}", which "${collection}" does not declare (it references ${references})`,
      hint,
    );
  }
  const target = resolve(references, collections);
  if (target === null) {
    const [name] = references.split('.') as [string];
    const hint = references.includes('.') ? didYouMean(name, collections.keys()) : `write ${references}.FIELD`;
    report(
      'SCH2107',
      referencesPlace,
      `${address} references ${references}, but no collection "${name}" is declared`,
      hint,
    );
    return null;
  }
  const declared = collections.get(target.collection);
  const other = declared === undefined ? undefined : declaredAt(declared, target.field);
  if (other === undefined) {
    const hint = didYouMean(target.field, declared?.fields.map(({ name }) => name) ?? []);
    report(
      'SCH2107',
      referencesPlace,
      `${address} references ${references}, but "${target.collection}" declares no field "${target.field}"`,
      hint,
    );
    return null;
  }
  if (own !== undefined && !agree(own, other)) {
    report(
      'SCH2118',
      referencesPlace,
      `${address}: ${collection}.${link.field} is ${typeNames(own)}, and ${references} is ${typeNames(other)}`,
    );
  }
  return own === undefined ? null : { ...link, target };
}
