import { readFile } from 'node:fs/promises';
import type * as library from '../../src/index.ts';
import { product } from '../packages.ts';

type Library = typeof library;

/** What of a command line matters here. */
export interface ApplyOptions {
  /** False: `--no-undo`. */
  readonly undo?: boolean;
  readonly throttle?: NonNullable<library.RunOptions['throttle']>;
}

const everything = { only: [], exclude: [], milestone: null, through: null } as const;

/** The product's library, as it is published. */
export async function loadLibrary(): Promise<Library> {
  return (await product('index.js')) as Library;
}

/** What `plan` does between its start and its output. Throws an Error for a file that is not valid. */
export async function planFile(
  db: library.Database,
  file: string,
  from: Library,
  { undo = true, ask }: ApplyOptions & { readonly ask?: library.Ask } = {},
): Promise<library.Plan> {
  const { schema, sources } = from.parseSchema([{ path: file, text: await readFile(file, 'utf8') }]);
  if (schema === null) throw new Error(`${file} is not valid`);
  const options = {
    selection: everything,
    checkData: 'fast',
    allow: [],
    now: new Date(),
    undo,
    ...(ask && { ask }),
  } as const;
  return from.planSchema(db, { schema, sources, ...options });
}

/** What `apply` does with a plan; `again` is null where it was saved before: it is then not made once more. */
export async function applyPlan(
  db: library.Database,
  plan: library.Plan,
  again: (() => Promise<library.Plan>) | null,
  from: Library,
  { throttle = { kind: 'full' } }: ApplyOptions = {},
): Promise<library.RunResult> {
  const { pid } = process;
  const result = await from.runPlan(db, plan, again, {
    owner: { id: String(pid), host: 'bench', pid, user: 'bench', link: null, session: db.sessionId, run: null },
    commit: null,
    leaseMs: 600_000,
    waitMs: 0,
    stepTimeoutMs: null,
    throttle,
    signal: new AbortController().signal,
    emit: () => undefined,
  });
  if (result.error !== null) throw result.error;
  return result;
}

/** What `apply --auto-approve` does between its start and its output. */
export async function applyFile(
  db: library.Database,
  file: string,
  from: Library,
  options: ApplyOptions = {},
): Promise<library.RunResult> {
  const ask = from.remembering(30_000);
  const again = (): Promise<library.Plan> => planFile(db, file, from, { ...options, ask });
  return applyPlan(db, await again(), again, from, options);
}
