import type * as checking from '../../src/workflow/check.ts';
import type { CheckResult } from '../../src/state/finding.ts';
import { loadLibrary } from './apply.ts';
import { openDatabase } from './connection.ts';
import { product } from '../packages.ts';
import type { Bout, Scene } from '../row.ts';

const everything = { only: [], exclude: [], milestone: null, through: null } as const;

/** What `check` does between its start and its output; `judge` throws where it did not find what it must. */
export async function checker(scene: Scene, text: string, judge: (found: CheckResult) => void): Promise<Bout> {
  const [{ checkSchema }, { parseSchema }] = [
    (await product('workflow/check.js')) as typeof checking,
    await loadLibrary(),
  ];
  const db = await openDatabase(scene);
  const { schema } = parseSchema([{ path: 'schema.yaml', text }]);
  if (schema === null) throw new Error('the schema is not valid');
  return {
    round: async () => judge(await checkSchema(db, { schema, selection: everything, sample: null })),
    end: () => db.close(),
  };
}
