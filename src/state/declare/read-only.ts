import { textOf, type YamlEntry, type YamlMap, type YamlNode } from '../yaml/node.ts';
import type { Context } from './context.ts';

const script = new Set(['$where', '$function', '$accumulator']);
const writes = new Set(['$out', '$merge']);
/** What no server takes in a validator (2, 5626500 and 3040500 on 4.4 to 6.0; seen). */
const notInValidators = new Set(['$text', '$near', '$nearSphere', '$geoNear', '$rand', '$sampleRate']);

/** Calls back for every entry, however deep, but not for what stands below an opaque name or where the answer is false. */
function walk(
  node: YamlNode,
  opaque: ReadonlySet<string>,
  visit: (entry: YamlEntry, map: YamlMap) => boolean | void,
): void {
  if (node.kind === 'list') for (const item of node.items) walk(item, opaque, visit);
  if (node.kind !== 'map') return;
  for (const entry of node.entries.values()) {
    if (visit(entry, node) !== false && !opaque.has(entry.name)) walk(entry.value, opaque, visit);
  }
}

/** Whether an operator runs JavaScript in the server; `$code` is one where it wraps a value. */
export const isScript = (name: string): boolean => script.has(name);

const literal = new Set(['$literal']);

/** Of plain letters no server compiles more (51091; 4.4.2 to 6.0.27), and no expression that is evaluated. */
const maxPatternLength = 32_761;

/** Where a filter, an expression and a $jsonSchema have their patterns; below `enum` and `$literal` there are only values. */
const patternNames = new Set(['$regex', 'regex', 'pattern']);
const withoutPatterns = new Set(['$literal', 'enum']);

function checkPatternLengths(node: YamlNode, { report }: Context): void {
  walk(node, withoutPatterns, ({ name, value }) => {
    const text = patternNames.has(name) ? textOf(value) : undefined;
    if (text !== undefined && text.length > maxPatternLength)
      report('SCH2115', value, `the pattern is longer than ${maxPatternLength} characters`, 'write a shorter one');
  });
}

/**
 * Reports server-side JavaScript, writing stages and patterns too long for a server, however deep; what `$literal` holds is
 * only a value. `owner` is what must not have them: `a rule`, `a view`.
 */
export function checkReadOnly(node: YamlNode, owner: string, context: Context, opaque = literal): void {
  const { report } = context;
  checkPatternLengths(node, context);
  walk(node, opaque, ({ name, key }, { entries }) => {
    if (isScript(name) || (name === '$code' && entries.size === 1)) {
      report(
        'SCH2117',
        key,
        `"${name}" runs JavaScript in the server, which ${owner} may not`,
        'say it with other operators',
      );
      return false;
    }
    if (writes.has(name)) {
      report('SCH2117', key, `"${name}" writes, and ${owner} may only read`, 'leave it out');
      return false;
    }
    return true;
  });
}

/** A $jsonSchema has keywords and values, but no operators. */
const withoutOperators = new Set(['$literal', '$jsonSchema']);

/** Reports what no server takes in a validator, and JavaScript. */
export function checkValidator(node: YamlNode, context: Context): void {
  checkReadOnly(node, 'a validator', context, withoutOperators);
  walk(node, withoutOperators, ({ name, key }) => {
    if (notInValidators.has(name)) context.report('SCH2116', key, `"${name}" cannot stand in a validator`);
  });
}
