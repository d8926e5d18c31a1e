import { isScript } from '../state/declare/read-only.ts';
import { isDoc, isList, type Value } from '../state/value.ts';
import type { Plan } from './contract.ts';
import type { CommandOperation, Operation } from './operation.ts';
import { actionOf } from './privileges.ts';

type Contained = Pick<Plan, 'target' | 'preconditions' | 'units'>;

/** Where the applier puts a copy, and what is dropped. */
const isOwn = (collection: string): boolean => /^schemactl_(new|trash)_/.test(collection);

/** JavaScript for the server, or a stage that writes, however deep; what `$literal` holds is only a value. */
function forbiddenIn(value: Value): string | null {
  const entries: readonly (readonly [string, Value])[] = isDoc(value) ? [...value] : [];
  const items = isList(value) ? value : entries.filter(([name]) => name !== '$literal').map(([, item]) => item);
  const name = entries.map(([key]) => key).find((key) => isScript(key) || key === '$out' || key === '$merge');
  if (name !== undefined) return name;
  for (const item of items) {
    const found = forbiddenIn(item);
    if (found !== null) return found;
  }
  return null;
}

/** The collections that a command names: a rename names them with their database. */
function namespacesOf({ body, on }: CommandOperation, database: string): readonly string[] | null {
  const [[name, first] = ['', null]] = [...body];
  if (name !== 'renameCollection') return on === 'database' && typeof first === 'string' ? [first] : null;
  const names = [first, body.get('to')];
  const prefix = `${database}.`;
  if (on !== 'admin' || body.get('dropTarget') === true) return null;
  return names.every((one) => typeof one === 'string' && one.startsWith(prefix))
    ? names.map((one) => String(one).slice(prefix.length))
    : null;
}

function strayCommand(operation: CommandOperation, database: string, known: ReadonlySet<string>): string | null {
  const name = [...operation.body.keys()][0] ?? '';
  if (actionOf(name) === null) return `the command "${name}"`;
  const names = namespacesOf(operation, database);
  const stray = names?.find((one) => !known.has(one) && !isOwn(one));
  if (names === null) return `a "${name}" of another database`;
  return stray === undefined ? null : `a "${name}" of "${stray}", of which the plan says nothing`;
}

/** What an operation has the server evaluate, and the collections that it names itself. */
function partsOf(operation: Operation): {
  readonly commands: readonly CommandOperation[];
  readonly evaluated: readonly Value[];
  readonly collections: readonly string[];
} {
  switch (operation.kind) {
    case 'command':
      return { commands: [operation], evaluated: [], collections: [] };
    case 'rewrite': {
      const actions = operation.edits.map(({ action }) => action);
      const evaluated = actions.flatMap((action) =>
        action.kind === 'compute'
          ? [action.expression]
          : action.kind === 'populate' && action.join.where !== null
            ? [action.join.where]
            : [],
      );
      return { commands: [], evaluated, collections: [operation.collection] };
    }
    case 'assert':
      return {
        commands: operation.otherwise === null ? [] : [operation.otherwise],
        evaluated: [operation.pipeline, ...(operation.screens ?? [])],
        collections: [operation.collection],
      };
    case 'copy':
      return {
        commands: [operation.seal, operation.unseal],
        evaluated: [],
        collections: [operation.from, operation.to, operation.trash],
      };
    default:
      return operation satisfies never;
  }
}

/**
 * The first thing in a plan that no planning puts there, in words: a command that is none of ours, a collection that the plan
 * does not show, code that would run in the server. Null: there is none. A checksum can be made again by whoever edits a plan;
 * who made it, only a signature says.
 */
export function strayIn({ target, preconditions, units }: Contained): string | null {
  const known = new Set(preconditions.map(({ collection }) => collection));
  for (const operation of units.flatMap(({ operations }) => operations)) {
    const { commands, evaluated, collections } = partsOf(operation);
    const stray = collections.find((one) => !known.has(one) && !isOwn(one));
    const found = [
      stray === undefined ? null : `a change of "${stray}", of which the plan says nothing`,
      ...commands.map((command) => strayCommand(command, target.database, known)),
      ...evaluated.map(forbiddenIn),
    ].find((one) => one !== null);
    if (found !== undefined) return found;
  }
  return null;
}
