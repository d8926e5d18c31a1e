import type { CollectionDeclaration, IndexDeclaration, Unmanaged } from '../types.ts';
import { addressOf, indexName } from '../address.ts';
import { entriesAt, entryOf, flagAt, nodeAt, textAt, type YamlEntry, type YamlNode } from '../yaml/node.ts';
import { readChecks } from './check.ts';
import { type Context, milestoneOf, notYet, recordSource } from './context.ts';
import { readFields } from './field.ts';
import { readIndexes } from './index.ts';
import { type PendingLink, readLinks } from './link.ts';
import { checkCollectionName } from './names.ts';
import { readValidation } from './validation.ts';

/** A collection whose links are not yet resolved. */
export interface PendingCollection {
  readonly collection: CollectionDeclaration;
  readonly links: readonly PendingLink[];
}

/** What to do about unmanaged objects; null where it is not said. `prune` is reported. */
export function unmanagedOf(node: YamlNode | undefined, { report }: Context): Unmanaged | null {
  const entry = entryOf(node, 'unmanaged');
  const text = textAt(node, 'unmanaged');
  if (entry !== undefined && text === 'prune') {
    report('SCH2106', entry.key, '"unmanaged: prune" is not yet supported', 'write report or ignore');
  }
  return text === 'report' || text === 'ignore' ? text : null;
}

/** The order of indexes in a file means nothing. */
const liveName = ({ name, key }: IndexDeclaration): string => name ?? indexName(key);

/** One collection, links apart. Findings are reported. */
export function readCollection(entry: YamlEntry, unmanaged: Unmanaged, context: Context): PendingCollection {
  const { name, key, value } = entry;
  checkCollectionName(name, key, context.report);
  recordSource(context, addressOf.collection(name), key);
  notYet(context, value, 'renamedFrom', 'absent');
  const options = nodeAt(value, 'options');
  if (options?.kind === 'map' && options.entries.size > 0) notYet(context, value, 'options');
  const fields = readFields(entriesAt(value, 'fields'), { collection: name, path: [], isInArray: false }, context);
  const collection = {
    name,
    description: textAt(value, 'description') ?? null,
    mustExist: flagAt(value, 'mustExist'),
    protect: flagAt(value, 'protect'),
    unmanaged: unmanagedOf(value, context) ?? unmanaged,
    milestone: milestoneOf(value, context),
    renamedFrom: null,
    absent: false,
    type: 'collection' as const,
    options: {},
    validation: readValidation(name, value, fields, context),
    fields,
    indexes: [...readIndexes(name, value, 'collection', context)].sort((a, b) => (liveName(a) < liveName(b) ? -1 : 1)),
    links: [],
    checks: readChecks(name, value, context),
  };
  return { collection, links: readLinks(name, value, context) };
}
