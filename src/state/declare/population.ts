import { addressOf } from '../address.ts';
import { didYouMean } from '../suggest.ts';
import type { CollectionDeclaration, FieldDeclaration, LinkDeclaration, Population } from '../types.ts';
import { toDoc } from '../yaml/extended.ts';
import { entriesAt, entryOf, nodeAt, textAt, textOf, type YamlNode } from '../yaml/node.ts';
import type { Place } from '../yaml/place.ts';
import type { Context } from './context.ts';
import { agree, declaredAt, sameType, typeNames } from './ends.ts';
import { checkPath } from './names.ts';
import { checkReadOnly } from './read-only.ts';

/** A link as written; its target can be resolved only when every collection is known. */
export interface PendingLink {
  readonly collection: string;
  readonly link: Omit<LinkDeclaration, 'target'>;
  readonly references: string;
  readonly fieldPlace: Place;
  readonly referencesPlace: Place;
  readonly node: YamlNode;
}

/** How a link is filled, as written; null where it is not. Findings are reported. */
export function readPopulation(link: YamlNode, context: Context): Population | null {
  const node = nodeAt(link, 'populate');
  if (node?.kind !== 'map') return null;
  const match = entriesAt(node, 'match').flatMap(({ name, key, value }): Population['match'] => {
    const other = textOf(value);
    const isPath = checkPath(name, key, context.report);
    return other !== undefined && checkPath(other, value, context.report) && isPath ? [[name, other]] : [];
  });
  const matched = entryOf(node, 'match');
  if (matched?.value.kind === 'map' && matched.value.entries.size === 0) {
    context.report('SCH2103', matched.key, '"match" names no field', 'write { OWN_FIELD: FIELD_OF_THE_OTHER }');
  }
  const where = nodeAt(node, 'where');
  if (where !== undefined) checkReadOnly(where, 'a filter', context);
  return {
    match,
    where: where?.kind === 'map' ? toDoc(where, context.report) : null,
    ambiguous: textAt(node, 'ambiguous') === 'fail' ? 'fail' : 'skip',
  };
}

/** Whether a path leads into an array on its way; an array at its end counts too. */
function crossesArray(collection: CollectionDeclaration, path: string): boolean {
  const steps = path.split('.');
  return steps.some((_, at) => declaredAt(collection, steps.slice(0, at + 1).join('.'))?.types.includes('array'));
}

interface End {
  readonly collection: CollectionDeclaration;
  readonly path: string;
  readonly place: Place;
}

function declaredEnd({ collection, path, place }: End, address: string, { report }: Context): FieldDeclaration | null {
  const found = declaredAt(collection, path);
  if (found === undefined) {
    const hint = didYouMean(
      path,
      collection.fields.map(({ name }) => name),
    );
    const message = `${address} matches by "${path}", which "${collection.name}" does not declare`;
    report('SCH2107', place, message, hint);
  }
  return found ?? null;
}

/** Reports match fields that are not declared or whose types can never be equal, and a field that no single value fills. */
export function checkPopulation(
  { link, node, fieldPlace }: PendingLink,
  owner: CollectionDeclaration,
  target: CollectionDeclaration,
  context: Context,
): void {
  const { name, field, populate } = link;
  if (populate === null) return;
  const address = addressOf.link(owner.name, name);
  if (field === '_id') context.report('SCH2116', fieldPlace, `${address} cannot fill _id: every document has one`);
  if (crossesArray(owner, field)) {
    const message = `${address} cannot fill "${field}": it is, or lies in, an array`;
    context.report('SCH2116', fieldPlace, message);
  }
  for (const entry of entriesAt(nodeAt(node, 'populate'), 'match')) {
    const other = textOf(entry.value);
    if (other === undefined) continue;
    const own = declaredEnd({ collection: owner, path: entry.name, place: entry.key }, address, context);
    const end = declaredEnd({ collection: target, path: other, place: entry.value }, address, context);
    if (own === null || end === null || agree(own, end)) continue;
    const message = `${address}: ${owner.name}.${entry.name} is ${typeNames(own)}, and ${target.name}.${other} is ${typeNames(end)}`;
    context.report('SCH2118', entry.value, message, sameType);
  }
}
