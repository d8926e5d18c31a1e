import type { ChangeOf } from '../planner/change.ts';
import type { Step } from '../planner/contract.ts';
import { printable } from '../state/frame.ts';
import { showValue } from '../state/show.ts';

type Edited = ChangeOf<'edit'>['action'];
type Restored = Pick<ChangeOf<'restore'>, 'was' | 'again'> & Pick<ChangeOf<'restore'>['action'], 'constant' | 'move'>;

function editWords(action: Edited): string {
  switch (action.kind) {
    case 'fill':
      return `= ${showValue(action.value)}`;
    case 'compute':
      return '= computed where it is missing';
    case 'convert':
      return `becomes ${action.types.join(' or ')}`;
    case 'rename':
      return `gets the values of "${printable(action.from)}"`;
    case 'remove':
      return 'is removed';
    case 'populate': {
      const { match, collection, take } = action.join;
      const keys = match.map(([own, other]) => (own === other ? own : `${own} = ${other}`)).join(', ');
      return printable(`is filled from ${collection}.${take} by ${keys}`);
    }
    default:
      return action satisfies never;
  }
}

const appears: ReadonlySet<Restored['was']> = new Set(['fill', 'compute']);

/** Whether a restoring step leaves nothing where there was a value. */
export function isTakenOut({ after }: Pick<Step, 'after'>): boolean {
  const { was, again } = after as Restored;
  return (appears.has(was) && !again) || (was === 'remove' && again);
}

function restoredWords(step: Step): string {
  const { constant, move, was } = step.after as Restored;
  if (isTakenOut(step)) return 'is taken out again';
  if (move !== null) return `moves back to "${printable(move.from)}"`;
  if (constant !== null) return `is ${showValue(constant.before?.[0] ?? null)} again`;
  return was === 'remove' ? 'is put back' : 'gets its former values back';
}

/** What is done to the values of a field, in words behind its name. */
export function rewriteWords(step: Step): string {
  return step.change === 'edit' ? editWords(step.after as Edited) : restoredWords(step);
}
