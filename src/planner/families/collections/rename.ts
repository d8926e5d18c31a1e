import type { Change, ChangeOf } from '../../change.ts';
import { exactly, type Family, pointer } from '../family.ts';
import { rename } from './commands.ts';

type RenameChange = ChangeOf<'rename'>;

/** The name under which a collection is found before any of these changes ran. */
export function liveNameOf(collection: string, changes: readonly Change[]): string {
  const renamed = changes.find(
    (change): change is RenameChange => change.kind === 'rename' && change.collection === collection,
  );
  return renamed === undefined ? collection : renamed.from;
}

/** A collection under another name: the same collection, its UUID, indexes and validator kept (4.4 to 6.0). */
export const renameFamily: Family<RenameChange> = {
  needs: (change, others) => others.filter((other) => other !== change && other.collection === change.from),

  questions: () => [],

  review: ({ collection, from }) => ({
    action: 'update',
    kind: 'renameCollection',
    route: 'in-place',
    before: { name: from },
    after: { name: collection },
    hazards: [],
    violations: [],
    notes: [],
    estimate: null,
    reversal: exactly(),
  }),

  patch: ({ collection, from }) => [
    { op: 'move', from: pointer('collections', from), path: pointer('collections', collection) },
  ],

  unitKey: ({ collection }) => `rename ${collection}`,

  lower: (changes, { database }) =>
    changes.map(({ change: { collection, from, uuid } }) =>
      rename(database, from, collection, { kind: 'collection-present', collection, uuid }),
    ),
};
