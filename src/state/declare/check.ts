import { addressOf } from '../address.ts';
import type { CheckDeclaration } from '../types.ts';
import type { Value } from '../value.ts';
import { toDoc, toValue } from '../yaml/extended.ts';
import { entriesAt, entryOf, itemsAt, nodeAt, textAt, textOf, type YamlEntry, type YamlNode } from '../yaml/node.ts';
import { type Context, recordSource } from './context.ts';
import { severityOf } from './link.ts';
import { checkPath } from './names.ts';
import { checkReadOnly } from './read-only.ts';

const kinds = ['where', 'duplicate', 'pipeline'] as const;

/** Reports anything but exactly one kind of rule. */
function checkKinds({ name, key, value }: YamlEntry, { report }: Context): void {
  const present = kinds.filter((kind) => entryOf(value, kind) !== undefined);
  if (present.length === 0) {
    report('SCH2103', key, `the check "${name}" has no rule`, 'it needs one of where, duplicate or pipeline');
  }
  const second = present[1] === undefined ? undefined : entryOf(value, present[1]);
  if (second !== undefined) {
    report(
      'SCH2116',
      second.key,
      `the check "${name}" has both "${present[0]}" and "${second.name}"`,
      'make it two checks',
    );
  }
  const sum = entryOf(value, 'sum');
  if (sum !== undefined && !present.includes('duplicate')) {
    report('SCH2116', sum.key, '"sum" belongs to "duplicate"');
  }
}

function checkPaths(node: YamlNode, { report }: Context): void {
  for (const item of [...itemsAt(node, 'duplicate'), nodeAt(node, 'sum')]) {
    const path = textOf(item);
    if (item !== undefined && path !== undefined) checkPath(path, item, report);
  }
}

/** Reports members of `pipeline` that are no stages. */
export function checkStages(node: YamlNode, { report }: Context): void {
  for (const stage of itemsAt(node, 'pipeline')) {
    const [entry] = stage.kind === 'map' ? stage.entries.values() : [];
    if (entry !== undefined && !entry.name.startsWith('$')) {
      report('SCH2103', entry.key, `"${entry.name}" is not a pipeline stage`, 'stages begin with $, such as $match');
    }
  }
}

/** The named rules of a collection; `rule` holds where, duplicate with sum, or pipeline, as written. Findings are reported. */
export function readChecks(collection: string, node: YamlNode, context: Context): readonly CheckDeclaration[] {
  return entriesAt(node, 'checks').map((entry) => {
    const { name, key, value } = entry;
    if (name === '') context.report('SCH2111', key, 'a check needs a name');
    checkKinds(entry, context);
    checkPaths(value, context);
    checkStages(value, context);
    const rule = new Map<string, Value>();
    for (const part of ['where', 'duplicate', 'sum', 'pipeline']) {
      const found = nodeAt(value, part);
      if (found === undefined) continue;
      checkReadOnly(found, 'a rule', context);
      rule.set(part, found.kind === 'map' ? toDoc(found, context.report) : toValue(found, context.report));
    }
    recordSource(context, addressOf.check(collection, name), key);
    return { name, description: textAt(value, 'description') ?? null, severity: severityOf(value), rule };
  });
}
