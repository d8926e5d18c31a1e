import type { Change } from './change.ts';
import type { Step, Unit } from './contract.ts';
import type { Lowered, PlanContext } from './families/family.ts';
import { familyOf } from './families/registry.ts';
import type { Operation } from './operation.ts';

interface Member extends Lowered<Change> {
  readonly needs: readonly string[];
}

interface Group {
  readonly key: string;
  readonly members: readonly Member[];
}

/** A group may move behind later ones unless one of them needs a member of it. */
function mayMove(group: Group, later: readonly Group[]): boolean {
  const own = new Set(group.members.map(({ step }) => step));
  return !later.some(({ members }) => members.some(({ needs }) => needs.some((need) => own.has(need))));
}

/** Members with one key form a group at the place of the last of them, where no dependency stands against it. */
function groupByKey(members: readonly Member[], changes: readonly Change[]): readonly Group[] {
  return members.reduce<readonly Group[]>((groups, member) => {
    const key = familyOf(member.change).unitKey(member.change, changes);
    const at = groups.findLastIndex((group) => group.key === key);
    const found = groups[at];
    if (found === undefined || !mayMove(found, groups.slice(at + 1))) return [...groups, { key, members: [member] }];
    return [...groups.toSpliced(at, 1), { key, members: [...found.members, member] }];
  }, []);
}

/** Each family lowers its own members of the unit, in the order in which the families first appear. */
function operationsOf({ members }: Group, context: PlanContext): readonly Operation[] {
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
  return groupByKey(members, changes).map((group, at) => ({
    id: `u${at + 1}`,
    collection: group.members[0]?.change.collection ?? '',
    steps: group.members.map(({ step }) => step),
    operations: operationsOf(group, context),
  }));
}
