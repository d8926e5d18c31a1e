import { BSON, type Db, type Document } from 'mongodb';
import { fillDemo } from './data.ts';
import { databaseHash } from './hash.ts';
import { documentLines, grouped, measuredLines, type Page } from './page.ts';
import { everydayQuestions, measure, type Measured, type Question } from './queries.ts';
import type { Shell } from './shell.ts';

export interface Stage {
  readonly db: Db;
  readonly page: Page;
  readonly shell: Shell;
  readonly seed: number;
  readonly scale: number;
}

function assert(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}

async function fill({ db, page, seed, scale }: Stage): Promise<void> {
  const began = performance.now();
  const filled = Object.entries(await fillDemo(db, { seed, scale }));
  const { dataSize } = (await db.stats()) as { readonly dataSize: number };
  const total = filled.reduce((sum, [, count]) => sum + count, 0);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  page.say(
    ...filled.map(([name, count]) => `  ${name.padEnd(20)} ${grouped(count).padStart(7)} documents`),
    '',
    `${grouped(total)} documents, ${Math.round(dataSize / 1e6)} MB, made up from seed ${seed} in ${seconds} s.`,
  );
}

type Findings = ReadonlyMap<Question, Measured>;

async function measureAll({ db, page }: Stage, questions: readonly Question[], before?: Findings): Promise<Findings> {
  const found = new Map<Question, Measured>();
  for (const question of questions) {
    const measured = await measure(db, question);
    found.set(question, measured);
    page.say(...measuredLines(question, measured, before?.get(question)));
  }
  return found;
}

const indexes = (found: Findings): readonly string[] => [...found.values()].flatMap(({ index }) => index ?? []);

async function orderWhere({ db }: Stage, filter: Document): Promise<Document> {
  const order = await db.collection('orders').findOne(filter, { sort: { _id: 1 } });
  assert(order !== null, 'There is no order of the kind that the demo looks at; a larger --scale has one.');
  return order;
}

/** Without the field, the order as it is now must be the order as it was. */
async function compareOrders(stage: Stage, bare: Document, linked: Document): Promise<void> {
  const now = await orderWhere(stage, { id: bare['id'] as string });
  const { subscription_id: added, ...rest } = now as Record<string, unknown>;
  assert(added === null, 'The order has no "subscription_id: null".');
  assert(BSON.EJSON.stringify(rest) === BSON.EJSON.stringify(bare), 'The order changed in more than the new field.');
  const kept = await orderWhere(stage, { id: linked['id'] as string });
  assert(BSON.EJSON.stringify(kept) === BSON.EJSON.stringify(linked), 'An order that was linked already changed.');
  stage.page.say(
    ...documentLines(now, bare),
    '',
    'The line with the plus is new, all others are as they were. An order that had a',
    'value already still has it:',
    '',
    `  id: '${String(kept['id'])}'`,
    `  subscription_id: '${String(kept['subscription_id'])}'`,
  );
}

interface Milestone {
  readonly id: string;
  readonly state: string;
}

/** Throws where a milestone is not as expected. */
async function expectMilestones({ shell }: Stage, stateOf: (id: string) => string): Promise<void> {
  const { milestones } = (await shell.ask('schemactl status --db shop --format json')) as { milestones: Milestone[] };
  const wrong = milestones.find(({ id, state }) => state !== stateOf(id));
  assert(wrong === undefined, `Milestone ${wrong?.id} is ${wrong?.state}, not ${stateOf(wrong?.id ?? '')}.`);
}

/** Everything that the demo shows, from an empty database on. Throws at the first thing that is not as it should be. */
export async function tell(stage: Stage): Promise<void> {
  const { db, page, shell } = stage;
  page.heading('The database of a milk-delivery shop, before its migrations');
  await fill(stage);
  const start = await databaseHash(db);
  page.say(`Fingerprint of every document and index: sha256 ${start.slice(0, 16)}…`);

  page.heading('Two everyday queries, without indexes');
  const questions = await everydayQuestions(db);
  const slow = await measureAll(stage, questions);
  assert(indexes(slow).length === 0, 'A query uses an index that should not be there yet.');
  const bare = await orderWhere(stage, { order_type: 'one_time', subscription_id: { $exists: false } });
  const linked = await orderWhere(stage, { subscription_id: { $type: 'string' } });

  page.heading('What would change?');
  page.say('schema/collections.yaml declares how the database should be.', '');
  await shell.show('schemactl plan --db shop');

  page.heading('Change it');
  page.say('As a script does it, with nobody to ask: --auto-approve.', '');
  await shell.show('schemactl apply --db shop --auto-approve', 'brief');

  page.heading('One order after that');
  await compareOrders(stage, bare, linked);

  page.heading('All five milestones are there, and nothing is left to do');
  await shell.show('schemactl status --db shop');
  await expectMilestones(stage, () => 'completed');
  page.say('');
  await shell.show('schemactl plan --db shop --detailed-exitcode');

  page.heading('The same two queries, with indexes');
  const fast = await measureAll(stage, questions, slow);
  assert(indexes(fast).length === questions.length, 'A query does not use an index.');

  page.heading('Take one milestone back: the indexes');
  await shell.show('schemactl rollback --milestone 003 --db shop --auto-approve', 'brief');
  page.say('');
  await shell.show('schemactl status --db shop');
  await expectMilestones(stage, (id) => (id === '003' ? 'pending' : 'completed'));

  page.heading('Apply again: only what is missing is done');
  await shell.show('schemactl apply --db shop --auto-approve', 'brief');

  page.heading('Take everything back');
  await shell.show('schemactl rollback --all --db shop --auto-approve', 'brief');
  await expectMilestones(stage, () => 'pending');

  page.heading('Is everything as it was?');
  const end = await databaseHash(db);
  page.say(`  before everything  ${start}`, `  now                ${end}`, '');
  assert(start === end, 'The database is not as it was at the start.');
  page.say(
    'Yes: every document and every index, byte for byte. Only the history of these four',
    'runs is new (schemactl history); it is in collections of its own, schemactl_*.',
  );
}
