import type { Value } from '../state/value.ts';
import type { Change, ChangeOf } from './change.ts';
import type { HazardCode, Recount, Step, Unit } from './contract.ts';
import { liveNameOf } from './families/collections/rename.ts';
import type { CountedHazard } from './families/family.ts';
import { changingPipeline } from './families/fields/counts.ts';
import type { AssertOperation } from './operation.ts';

/** What a step shows of its hazards, and apart from it how those are counted again. */
export function withoutRecounts(step: Step): Step {
  const hazards = step.hazards.map(({ code, address, message, count }) =>
    count === undefined ? { code, address, message } : { code, address, message, count },
  );
  return { ...step, hazards };
}

type Countable = CountedHazard & { readonly count: number; readonly recount: readonly Value[] };

const countedAgain = ({ hazards }: Step): readonly Countable[] =>
  (hazards as readonly CountedHazard[]).filter(
    (hazard): hazard is Countable => hazard.count !== undefined && hazard.recount !== undefined,
  );

/** How a saved plan's hazards are counted again before it runs. */
export function recountsOf(step: Step, changes: readonly Change[]): readonly Recount[] {
  const collection = liveNameOf(step.collection, changes);
  return countedAgain(step).map(({ code, address, count, recount }) => {
    return { code, address, collection, count, pipeline: recount };
  });
}

const hazardOf: Partial<Readonly<Record<ChangeOf<'edit'>['action']['kind'], HazardCode>>> = {
  remove: 'drop-field',
  convert: 'convert-type',
};

/** What had nothing to do, and so raised no hazard: how it is counted again among everything that was to be changed. */
export function recountsOfSettled(edits: readonly ChangeOf<'edit'>[], changes: readonly Change[]): readonly Recount[] {
  return edits.flatMap((edit) => {
    const { address, action } = edit;
    const code = hazardOf[action.kind];
    const collection = liveNameOf(edit.collection, changes);
    return code === undefined
      ? []
      : [{ code, address, collection, count: 0, pipeline: changingPipeline(edit, changes) }];
  });
}

/** Hazards are counted once more just before their step: what grew meanwhile is not what was approved. */
export function recountFirst(unit: Unit, steps: readonly Step[]): Unit {
  const asserts = steps
    .filter(({ id }) => unit.steps.includes(id))
    .flatMap((step): readonly AssertOperation[] =>
      countedAgain(step).map(({ count, recount, code, address }) => {
        const { collection } = step;
        return {
          kind: 'assert',
          collection,
          address,
          code,
          approved: count,
          pipeline: recount,
          collation: null,
          otherwise: null,
        };
      }),
    );
  return { ...unit, operations: [...asserts, ...unit.operations] };
}
