import type { CollectionDeclaration, IndexDeclaration, Unmanaged } from '../types.ts';
import { addressOf, indexName } from '../address.ts';
import { entriesAt, flagAt, textAt, type YamlEntry, type YamlNode } from '../yaml/node.ts';
import { readChecks } from './check.ts';
import { type Context, milestoneOf, recordSource } from './context.ts';
import { readFields } from './field.ts';
import { readIndexes } from './index.ts';
import { checkKind } from './kinds.ts';
import { readLinks } from './link.ts';
import type { PendingLink } from './population.ts';
import { checkCollectionName } from './names.ts';
import { readOptions, typeOf } from './options.ts';
import { readValidation } from './validation.ts';

/** A collection whose links are not yet resolved. */
export interface PendingCollection {
  readonly collection: CollectionDeclaration;
  readonly links: readonly PendingLink[];
}

/** What to do about unmanaged objects; null where it is not said. */
export function unmanagedOf(node: YamlNode | undefined): Unmanaged | null {
  const text = textAt(node, 'unmanaged');
  return text === 'report' || text === 'ignore' || text === 'prune' ? text : null;
}

/** The order of indexes in a file means nothing. */
const liveName = ({ name, key }: IndexDeclaration): string => name ?? indexName(key);

const besideAbsent: ReadonlySet<string> = new Set(['absent', 'description', 'milestone']);

/** A collection that must not be there, as it stands in the schema; anything else that is said of it is reported. */
function readAbsent({ name, value }: YamlEntry, context: Context): CollectionDeclaration {
  for (const { name: part, key } of value.kind === 'map' ? value.entries.values() : []) {
    if (besideAbsent.has(part)) continue;
    context.report('SCH2116', key, `"${part}" cannot stand beside "absent: true"`, 'leave one of the two out');
  }
  return {
    name,
    description: textAt(value, 'description') ?? null,
    mustExist: false,
    protect: false,
    unmanaged: 'report',
    milestone: milestoneOf(value, context),
    renamedFrom: null,
    absent: true,
    type: 'collection',
    options: {},
    validation: null,
    fields: [],
    indexes: [],
    links: [],
    checks: [],
  };
}

/** One collection, links apart. Findings are reported. */
export function readCollection(entry: YamlEntry, unmanaged: Unmanaged, context: Context): PendingCollection {
  const { name, key, value } = entry;
  checkCollectionName(name, key, context.report);
  recordSource(context, addressOf.collection(name), key);
  if (flagAt(value, 'absent')) return { collection: readAbsent(entry, context), links: [] };
  const type = typeOf(value);
  checkKind(value, type, context);
  const fields = readFields(entriesAt(value, 'fields'), { collection: name, path: [], isItem: false }, context);
  const collection = {
    name,
    description: textAt(value, 'description') ?? null,
    mustExist: flagAt(value, 'mustExist'),
    protect: flagAt(value, 'protect'),
    unmanaged: unmanagedOf(value) ?? unmanaged,
    milestone: milestoneOf(value, context),
    renamedFrom: textAt(value, 'renamedFrom') ?? null,
    absent: false,
    type,
    options: readOptions(name, value, context),
    validation: readValidation(name, value, fields, context),
    fields,
    indexes: [...readIndexes(name, value, type, context)].sort((a, b) => (liveName(a) < liveName(b) ? -1 : 1)),
    links: [],
    checks: readChecks(name, value, context),
  };
  return { collection, links: readLinks(name, value, context) };
}
