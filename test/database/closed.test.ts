import { expect, inject, test } from 'vitest';
import { connect } from '../../src/database/mongo.ts';
import { aggregateCommand, readAll } from '../../src/database/read.ts';
import { docOf, int } from '../../src/state/value.ts';
import { useDatabase } from '../support/database.ts';

const own = useDatabase('closed');

test('what is still asked when the connection is closed ends at once, and opens none anew', async () => {
  const db = await connect({ url: inject('uri'), database: own.db().databaseName, connectTimeoutMs: 5000 });
  const slow = docOf({ $function: docOf({ body: 'function() { sleep(1500); return 1 }', args: [], lang: 'js' }) });
  await own.db().collection('x').insertOne({});
  const asked = readAll(db, aggregateCommand('x', [docOf({ $set: docOf({ slow }) })]));
  const ended = expect(asked).rejects.toMatchObject({ kind: 'closed' });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const began = performance.now();
  await db.close();
  await ended;
  expect(performance.now() - began).toBeLessThan(5000);
  await expect(db.run(docOf({ ping: int(1) }))).rejects.toMatchObject({ kind: 'closed' });
});
