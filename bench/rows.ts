import type { Row } from './row.ts';
import { build } from './rows/build.ts';
import { diff } from './rows/diff.ts';
import { introspect } from './rows/introspect.ts';
import { orphans, orphansUnindexed } from './rows/orphans.ts';
import { parse } from './rows/parse.ts';
import { plan } from './rows/plan.ts';
import { backfill, fields, populate, undoable } from './rows/rewrite.ts';
import { queries } from './rows/queries.ts';
import { reference, referenceChecks } from './rows/reference.ts';
import { rules } from './rows/rules.ts';
import { startup } from './rows/startup.ts';
import { throttle } from './rows/throttle.ts';

const data = [backfill, undoable, fields, populate, throttle, orphans, orphansUnindexed, rules] as const;

/** Every row in the order in which they run. */
export const rows: readonly Row[] = [
  introspect,
  plan,
  diff,
  parse,
  ...data,
  build,
  reference,
  referenceChecks,
  queries,
  startup,
];

export function rowNamed(name: string): Row | undefined {
  return rows.find((row) => row.name === name);
}
