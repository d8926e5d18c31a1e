import { collectionUuid, introspect } from '../../database/introspect.ts';
import { type Database, isServerError } from '../../database/port.ts';
import { aggregateCommand } from '../../database/read.ts';
import { docOf, type Value } from '../../state/value.ts';
import { type Holder, isElsewhere, isGuarded, send, uuidValue } from './held.ts';

/** The UUIDs of all collections by name. */
export async function uuidsOf(db: Database): Promise<ReadonlyMap<string, string>> {
  return new Map(Object.entries((await introspect(db)).uuids));
}

/** A collection that is not there is dropped already. */
export async function dropIfThere(holder: Holder, collection: string): Promise<void> {
  const uuid = await collectionUuid(holder.db, collection);
  if (uuid === null) return;
  await send(holder, docOf({ drop: collection }), { uuid }).catch((error: unknown) => {
    if (!isElsewhere(error)) throw error;
  });
}

/** What was written under a name that was free for a moment: it is sealed, and its documents are newer than any copy. */
async function takeOver(holder: Holder, stray: string, into: string, uuid: string | null): Promise<void> {
  const never = docOf({ $expr: false });
  const seal = docOf({ collMod: stray, validator: never, validationLevel: 'strict', validationAction: 'error' });
  await send(holder, seal, { uuid });
  const merge = docOf({ $merge: docOf({ into, on: '_id', whenMatched: 'replace', whenNotMatched: 'insert' }) });
  const body = new Map<string, Value>([...aggregateCommand(stray, [merge]), ['bypassDocumentValidation', true]]);
  await send(holder, body, { uuid });
}

const attempts = 100;

/**
 * Gives a collection a name that was free a moment ago. An application that writes under the name meanwhile makes a
 * collection of it; what it wrote is taken over first, so that nothing is lost.
 */
export async function putInPlace(holder: Holder, collection: string, name: string): Promise<void> {
  const { db } = holder;
  const uuid = await collectionUuid(db, collection);
  const rename = (dropTarget: Value): Promise<unknown> => {
    const body = docOf({ renameCollection: `${db.name}.${collection}`, to: `${db.name}.${name}`, dropTarget });
    return send(holder, body, { on: 'admin', uuid });
  };
  for (let attempt = 1; ; attempt += 1) {
    try {
      await rename(false);
      return;
    } catch (error) {
      if (!isServerError(error, 'NamespaceExists') || attempt === attempts) throw error;
    }
    const stray = await collectionUuid(db, name);
    if (stray === null) continue;
    await takeOver(holder, name, collection, stray);
    await rename(isGuarded(db) ? uuidValue(stray) : true);
    return;
  }
}
