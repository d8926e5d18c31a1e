import type { Database, Session } from '../database/port.ts';
import { findAll } from '../database/read.ts';
import { putAll, removeAll } from '../database/write.ts';
import type { LedgerEntry, LedgerKind } from '../planner/contract.ts';
import { type Doc, docOf, int } from '../state/value.ts';
import { textAt } from './fields.ts';
import type { LedgerChange } from './journal.ts';
import { store } from './store.ts';

const idOf = (db: Database, address: string): string => `${db.name}#${address}`;

function entryOf(document: Doc): LedgerEntry {
  return {
    address: textAt(document, 'address') ?? '',
    collection: textAt(document, 'collection') ?? '',
    kind: textAt(document, 'kind') as LedgerKind,
    definition: textAt(document, 'definition') ?? '',
    live: textAt(document, 'live'),
    milestone: textAt(document, 'milestone'),
  };
}

/** What is managed, by address. Reads only. */
export async function readLedger(db: Database): Promise<ReadonlyMap<string, LedgerEntry>> {
  const found = await findAll(db.records, { collection: store.objects, filter: docOf({ target: db.name }) });
  return new Map(found.map(entryOf).map((entry) => [entry.address, entry]));
}

/** Brings the ledger to what the changes say; doing it again changes nothing. */
export async function writeLedger(
  db: Database,
  run: number | null,
  changes: readonly LedgerChange[],
  session: Session | undefined,
): Promise<void> {
  const options = session === undefined ? {} : { session };
  const documents = changes.flatMap(({ after }) =>
    after === null
      ? []
      : [docOf({ _id: idOf(db, after.address), target: db.name, run: run === null ? null : int(run), ...after })],
  );
  const gone = changes.filter(({ after }) => after === null).map(({ address }) => idOf(db, address));
  await putAll(db.records, store.objects, documents, options);
  await removeAll(db.records, store.objects, gone, options);
}
