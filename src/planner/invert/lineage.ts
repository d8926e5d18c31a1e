import type { InvertInput, RecordedStep } from './recorded.ts';

/** Whether two UUIDs are of one collection, which was made anew, or taken back from the trash, in between. */
export type SameCollection = (a: string | null, b: string | null) => boolean;

/** The UUIDs of a collection before and after it was made anew; of one that a cut-off step was making, as it is now. */
function exchanged({ step, found, made }: RecordedStep, live: string | undefined): readonly [string, string] | null {
  if (step.change !== 'recreate' || found?.kind !== 'collection' || found.uuid === null) return null;
  const now = made?.kind === 'collection' ? made.uuid : live;
  return now === undefined || now === null ? null : [now, found.uuid];
}

/** Told from everything that was ever recorded, also of what was taken back since. */
export function sameCollection({ steps, later, past, uuids }: InvertInput): SameCollection {
  const kin = new Map<string, Set<string>>();
  const join = ([a, b]: readonly [string, string]): void => {
    const all = new Set([a, b, ...(kin.get(a) ?? []), ...(kin.get(b) ?? [])]);
    for (const uuid of all) kin.set(uuid, all);
  };
  const standing = [...steps, ...later].map((step) => exchanged(step, uuids[step.step.collection]));
  for (const pair of [...standing, ...past.map((step) => exchanged(step, undefined))]) if (pair !== null) join(pair);
  return (a, b) => a === b || (a !== null && b !== null && kin.get(a)?.has(b) === true);
}
