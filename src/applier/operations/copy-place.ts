import { introspect } from '../../database/introspect.ts';
import { type Database, isServerError } from '../../database/port.ts';
import { aggregateCommand } from '../../database/read.ts';
import { docOf, type Value } from '../../state/value.ts';

/** The UUIDs of all collections by name. */
export async function uuidsOf(db: Database): Promise<ReadonlyMap<string, string>> {
  return new Map(Object.entries((await introspect(db)).uuids));
}

/** A collection that is not there is dropped already. */
export async function dropIfThere(db: Database, collection: string): Promise<void> {
  await db.run(docOf({ drop: collection }), { durable: true }).catch((error: unknown) => {
    if (!isServerError(error, 'NamespaceNotFound')) throw error;
  });
}

/** What was written under a name that was free for a moment: it is sealed, and its documents are newer than any copy. */
async function takeOver(db: Database, stray: string, into: string): Promise<void> {
  const never = docOf({ $expr: false });
  const seal = docOf({ collMod: stray, validator: never, validationLevel: 'strict', validationAction: 'error' });
  await db.run(seal, { durable: true });
  const merge = docOf({ $merge: docOf({ into, on: '_id', whenMatched: 'replace', whenNotMatched: 'insert' }) });
  const body = new Map<string, Value>([...aggregateCommand(stray, [merge]), ['bypassDocumentValidation', true]]);
  await db.run(body, { durable: true });
}

const attempts = 100;

/**
 * Gives a collection a name that was free a moment ago. An application that writes under the name meanwhile makes a
 * collection of it; what it wrote is taken over first, so that nothing is lost.
 */
export async function putInPlace(db: Database, collection: string, name: string): Promise<void> {
  const rename = (dropTarget: boolean): Promise<unknown> => {
    const body = docOf({ renameCollection: `${db.name}.${collection}`, to: `${db.name}.${name}`, dropTarget });
    return db.run(body, { on: 'admin', durable: true });
  };
  for (let attempt = 1; ; attempt += 1) {
    try {
      await rename(false);
      return;
    } catch (error) {
      if (!isServerError(error, 'NamespaceExists') || attempt === attempts) throw error;
    }
    await takeOver(db, name, collection);
    await rename(true);
    return;
  }
}
