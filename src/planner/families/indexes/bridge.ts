import { filterClauses } from '../../../state/canonical/filter.ts';
import { isText } from '../../../state/canonical/text.ts';
import { fingerprint } from '../../../state/fingerprint.ts';
import type { IndexState } from '../../../state/types.ts';
import { doc, docOf, isDoc, type Value } from '../../../state/value.ts';
import type { NamedIndex } from '../../operation.ts';
import { since } from '../../versions.ts';
import { sameSignature } from './canonical.ts';

const prefix = 'schemactl_bridge_';

/** What the index that stands in for a wanted one is called. */
export function bridgeName({ key, options }: IndexState): string {
  return `${prefix}${fingerprint({ key, options }).slice('sha256:'.length, 'sha256:'.length + 6)}`;
}

/** Whether an index is a bridge of ours; one that still stands was left by a run that was cut off. */
export const isBridge = (name: string): boolean => name.startsWith(prefix);

const exists = (field: string): Value => doc([field, docOf({ $exists: true })]);

/**
 * A filter that holds the same documents as the index does, in words that give it another signature:
 * `{}` holds all, null and missing included; a clause said twice is another filter, and queries still use it
 * (5.0.4, 6.0.5, 6.0.27). Undefined: no filter at all. Null where there are no such words.
 */
function sameDocuments({ key, options }: IndexState, version: string): Value | null | undefined {
  const filter = options['partialFilterExpression'];
  if (isDoc(filter)) {
    // Before 6.0 an $and may not hold another, nor a document of several conditions (67).
    const clauses = filterClauses(filter);
    return clauses.length === 0 ? undefined : docOf({ $and: [...clauses, ...clauses] });
  }
  if (options['sparse'] !== true) return docOf({});
  const [first, ...others] = key.map(([field]) => exists(field));
  if (first === undefined) return null;
  if (others.length === 0) return first;
  if (since(version, '6.0.0')) return docOf({ $or: [first, ...others] });
  // More documents serve the same queries, but would have to be unique too.
  return options['unique'] === true ? null : docOf({});
}

const carried = ['collation', 'unique', 'wildcardProjection', 'bits', 'min', 'max'];

/**
 * An index that stands in for the wanted one while the old one goes and the new one is built: of its key, its documents
 * and its uniqueness, with a signature unlike that of any index that is there. From 5.0; there is none for text indexes,
 * of which a collection has one. Null where there is none.
 */
export function bridgeTo(wanted: IndexState, others: readonly NamedIndex[], version: string): NamedIndex | null {
  if (!since(version, '5.0.0') || isText(wanted)) return null;
  const filter = sameDocuments(wanted, version);
  if (filter === null) return null;
  const kept = carried.flatMap((name) => {
    const value = wanted.options[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const bridge = {
    key: wanted.key,
    options: { ...Object.fromEntries(kept), ...(filter === undefined ? {} : { partialFilterExpression: filter }) },
  };
  const isFree = [wanted, ...others.filter(({ name }) => !isBridge(name))].every(
    (other) => !sameSignature(bridge, other, version),
  );
  return isFree ? { name: bridgeName(wanted), ...bridge } : null;
}
