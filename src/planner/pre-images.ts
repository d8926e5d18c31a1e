import type { CollectionState, DatabaseState } from '../state/types.ts';
import type { Value } from '../state/value.ts';
import type { CommandOperation, Operation } from './operation.ts';

/**
 * On 5.0.4 and 6.0.5 a collMod that does not say `recordPreImages` switches it off, whatever else it is about
 * (not on 4.4.2 and 6.0.27). So each says it where it is to stay on.
 */
export function keepPreImages(
  command: CommandOperation,
  options: CollectionState['options'] | undefined,
): CommandOperation {
  const { body } = command;
  if (!body.has('collMod') || body.has('recordPreImages') || options?.['recordPreImages'] !== true) return command;
  return { ...command, body: new Map<string, Value>([...body, ['recordPreImages', true]]) };
}

/** The same for every command of an operation; `target` is the structure that the plan leads to. */
export function keepAllPreImages(operation: Operation, target: DatabaseState): Operation {
  const keep = (command: CommandOperation): CommandOperation =>
    keepPreImages(command, target.collections[command.done.collection]?.options);
  switch (operation.kind) {
    case 'command':
      return keep(operation);
    case 'copy':
      return { ...operation, seal: keep(operation.seal), unseal: keep(operation.unseal) };
    case 'assert':
      return operation.otherwise === null ? operation : { ...operation, otherwise: keep(operation.otherwise) };
    case 'rewrite':
      return operation;
    default:
      return operation satisfies never;
  }
}
