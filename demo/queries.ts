import type { Db, Document, Filter } from 'mongodb';

export interface Question {
  /** In plain words. */
  readonly about: string;
  readonly collection: string;
  readonly filter: Filter<Document>;
}

export interface Measured {
  /** By name; null where the whole collection is read. */
  readonly index: string | null;
  readonly examined: number;
  readonly returned: number;
  /** The median of several rounds, from here to the server and back. */
  readonly milliseconds: number;
}

/** Two everyday questions, about a user and a day that are in the data. Throws where they are not. */
export async function everydayQuestions(db: Db): Promise<readonly Question[]> {
  const recent = { status: 'delivered', user_id: { $type: 'string' } };
  const order = await db.collection('orders').findOne(recent, { sort: { _id: -1 } });
  if (order === null) throw new Error('There is no delivered order in the data.');
  const { user_id, status, delivery_date } = order;
  return [
    { about: 'Delivered orders of one customer', collection: 'orders', filter: { user_id, status } },
    { about: `Orders to deliver on ${String(delivery_date)}`, collection: 'orders', filter: { delivery_date } },
  ];
}

const rounds = 21;

/** The index of a plan, wherever in its answer this server's version says it. */
function indexOf(plan: Document): string | null {
  if (plan['stage'] === 'IXSCAN') return String(plan['indexName']);
  const inner = Object.values(plan).filter((value): value is Document => typeof value === 'object' && value !== null);
  return inner.map(indexOf).find((index) => index !== null) ?? null;
}

/** Asks the server how it finds the answer, and times it. */
export async function measure(db: Db, { collection, filter }: Question): Promise<Measured> {
  const find = () => db.collection(collection).find(filter);
  const { queryPlanner, executionStats } = (await find().explain('executionStats')) as Record<string, Document>;
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    await find().toArray();
    times.push(performance.now() - began);
  }
  return {
    index: indexOf((queryPlanner?.['winningPlan'] ?? {}) as Document),
    examined: Number(executionStats?.['totalDocsExamined']),
    returned: Number(executionStats?.['nReturned']),
    milliseconds: times.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0,
  };
}
