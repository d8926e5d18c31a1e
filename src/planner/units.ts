import type { Change } from './change.ts';
import type { Step, Unit } from './contract.ts';
import type { Lowered, PlanContext } from './families/family.ts';
import { familyOf } from './families/registry.ts';
import { type Group, groupInOrder } from './grouping.ts';
import type { Operation } from './operation.ts';

interface Member extends Lowered<Change> {
  readonly needs: readonly string[];
}

/** Each family lowers its own members of the unit, in the order in which the families first appear. */
function operationsOf({ members }: Group<Member>, context: PlanContext): readonly Operation[] {
  const kinds = [...new Set(members.map(({ change }) => change.kind))];
  return kinds.flatMap((kind) => {
    const own = members.filter(({ change }) => change.kind === kind);
    const [first] = own;
    return first === undefined ? [] : familyOf(first.change).lower(own, context);
  });
}

/** What runs, in order: several steps are served by one unit where they belong together. */
export function unitsOf(steps: readonly Step[], changes: readonly Change[], context: PlanContext): readonly Unit[] {
  const members = steps.map((step, at) => ({ step: step.id, change: changes[at] as Change, needs: step.dependsOn }));
  const groups = groupInOrder<Member>(members, {
    keyOf: ({ change }) => familyOf(change).unitKey(change, changes),
    needs: (member, { step }) => member.needs.includes(step),
  });
  return groups.map((group, at) => ({
    id: `u${at + 1}`,
    collection: group.members[0]?.change.collection ?? '',
    steps: group.members.map(({ step }) => step),
    operations: operationsOf(group, context),
  }));
}
