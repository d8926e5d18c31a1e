import type { Database } from '../database/port.ts';
import { since } from '../planner/versions.ts';
import { isDoc, isList } from '../state/value.ts';
import { ask, type Extent, none, type Tally, tallyOf } from './count.ts';
import type { FieldRule } from './field-rules.ts';
import { fails } from './merge-schemas.ts';
import { nameAt, samplePipeline, scanPipeline } from './scan.ts';

const firstNSince = '5.2.0';

/** How many documents break each rule: one scan of the collection. Reads only. */
export async function tallyFields(
  db: Database,
  extent: Extent,
  rules: readonly FieldRule[],
): Promise<readonly Tally[]> {
  if (rules.length === 0) return [];
  const knowsFirstN = since(db.server.version, firstNSince);
  const [found] = await ask(db, extent, scanPipeline(rules, knowsFirstN));
  const tallies = rules.map((_, at): Tally => {
    const list = found?.get(nameAt(at));
    const [first] = isList(list) ? list : [];
    return isDoc(first) ? tallyOf(first) : none;
  });
  if (knowsFirstN) return tallies;
  return Promise.all(tallies.map((tally, at) => withSample(db, extent, rules[at] as FieldRule, tally)));
}

async function withSample(db: Database, extent: Extent, { schema }: FieldRule, tally: Tally): Promise<Tally> {
  if (tally.count === 0) return tally;
  const found = await ask(db, { ...extent, sampled: null }, samplePipeline(fails(schema)));
  return { ...tally, sample: found.flatMap((each) => each.get('_id') ?? []) };
}
