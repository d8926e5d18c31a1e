import { addressOf, indexName } from '../address.ts';
import { int } from '../value.ts';
import { severities } from '../language/schema.ts';
import { didYouMean } from '../suggest.ts';
import type { CollectionDeclaration, LinkDeclaration, Severity } from '../types.ts';
import { entriesAt, flagAt, nodeAt, textAt, type YamlNode } from '../yaml/node.ts';
import { type Context, milestoneOf, recordSource } from './context.ts';
import { agree, declaredAt, sameType, typeNames } from './ends.ts';
import { checkPath } from './names.ts';
import { checkPopulation, type PendingLink, readPopulation } from './population.ts';

/** The declared severity; high where none is declared. */
export function severityOf(node: YamlNode): Severity {
  const text = textAt(node, 'severity');
  return severities.find((severity) => severity === text) ?? 'high';
}

/** The links of a collection, targets unresolved. Findings are reported. */
export function readLinks(collection: string, node: YamlNode, context: Context): readonly PendingLink[] {
  return entriesAt(node, 'links').flatMap(({ name, key, value }) => {
    if (name === '') context.report('SCH2111', key, 'a link needs a name');
    recordSource(context, addressOf.link(collection, name), key);
    const field = textAt(value, 'field');
    const references = textAt(value, 'references');
    const [fieldPlace, referencesPlace] = [nodeAt(value, 'field'), nodeAt(value, 'references')];
    const milestone = milestoneOf(value, context);
    if (field === undefined || references === undefined || !fieldPlace || !referencesPlace) return [];
    if (!checkPath(field, fieldPlace, context.report)) return [];
    if (flagAt(value, 'index')) recordSource(context, addressOf.index(collection, indexName([[field, int(1)]])), key);
    const link = {
      ...{ name, field, optional: flagAt(value, 'optional'), severity: severityOf(value) },
      ...{ index: flagAt(value, 'index'), populate: readPopulation(value, context), milestone },
    };
    return [{ collection, link, references, fieldPlace, referencesPlace, node: value }];
  });
}

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

/** The link with its target; null if an end is not declared or the types differ, which is reported naming both ends. */
export function resolveLink(
  pending: PendingLink,
  collections: ReadonlyMap<string, CollectionDeclaration>,
  context: Context,
): LinkDeclaration | null {
  const { report } = context;
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
      sameType,
    );
  }
  if (own === undefined || owner === undefined) return null;
  if (declared !== undefined) checkPopulation(pending, owner, declared, context);
  return { ...link, target };
}
