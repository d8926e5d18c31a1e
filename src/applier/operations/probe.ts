import { introspectCollection } from '../../database/introspect.ts';
import type { Database } from '../../database/port.ts';
import type { Probe } from '../../planner/operation.ts';
import { sameOptions } from '../../planner/families/collections/options.ts';
import { sameIndex } from '../../planner/families/indexes/canonical.ts';
import { sameValidator } from '../../planner/families/validators/validator.ts';

/** Whether a command's effect is there, read from the server. An unfinished index build is not there yet. */
export async function isDone(db: Database, probe: Probe): Promise<boolean> {
  const found = await introspectCollection(db, probe.collection);
  switch (probe.kind) {
    case 'collection-present':
      return found !== null && (probe.uuid === null || found.uuid === probe.uuid);
    case 'collection-absent':
      return found === null;
    case 'options-are':
      return found !== null && sameOptions(found.state.options, probe.options);
    case 'validator-is':
      return found !== null && sameValidator(found.state.validator, probe.validator);
    case 'indexes-absent':
      return found === null || probe.names.every((name) => found.state.indexes[name] === undefined);
    case 'indexes-present':
      return probe.indexes.every((index) => {
        const live = found?.state.indexes[index.name];
        return live !== undefined && sameIndex(live, index);
      });
    default:
      return probe satisfies never;
  }
}
