import type { Step } from '../../planner/contract.ts';
import type { EditAction, NamedIndex } from '../../planner/operation.ts';
import type { CollectionState, IndexState } from '../../state/types.ts';
import { type Doc, isDoc, isList, type Value } from '../../state/value.ts';
import { rewriteWords } from '../rewrite.ts';
import { showValue } from '../../state/show.ts';

/** One property of an object on either side of a step; null: it has none. */
export interface SideRow {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
}

type Facts = readonly (readonly [name: string, text: string])[];

const joined = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/** A value by its leaves, so that what differs within a large one is found. */
function leaves(path: string, value: Value): Facts {
  if (isDoc(value) && value.size > 0) return [...value].flatMap(([name, part]) => leaves(joined(path, name), part));
  if (isList(value) && value.some((part) => isDoc(part) || isList(part)))
    return value.flatMap((part, at) => leaves(`${path}[${at}]`, part));
  return [[path, showValue(value)]];
}

const optionFacts = (options: Readonly<Record<string, Value>>, path = ''): Facts =>
  Object.entries(options).flatMap(([name, value]) => leaves(joined(path, name), value));

const keyText = ({ key }: IndexState): string =>
  `{ ${key.map(([field, direction]) => `${field}: ${showValue(direction)}`).join(', ')} }`;

const indexFacts = (index: NamedIndex): Facts => [
  ['name', index.name],
  ['key', keyText(index)],
  ...optionFacts(index.options),
];

const validatorFacts = (validator: Doc): Facts => leaves('', validator);

/** The path of a validator's rule as the field that it is about: `items.items.price.minimum`. */
const shown = (path: string): string =>
  path.replace(/^(validator\.)?rule\.\$jsonSchema\./, '$1').replaceAll(/(^|\.)properties\./g, '$1');

const collectionFacts = ({ type, options, validator, indexes }: CollectionState): Facts => [
  ['type', type],
  ...optionFacts(options),
  ...(validator === null ? [] : leaves('validator', validator)),
  ...Object.entries(indexes).map(([name, index]) => [`index ${name}`, keyText(index)] as const),
];

type Edited = Exclude<EditAction, { readonly kind: 'restore' }>;

/** What a document holds in the field, before and after, in words. */
function editSides(action: Edited, step: Step): readonly [before: string, after: string] {
  switch (action.kind) {
    case 'fill':
      return ['missing', showValue(action.value)];
    case 'compute':
      return ['missing', `what ${showValue(action.expression)} yields`];
    case 'convert':
      return ['of another type', action.types.join(' or ')];
    case 'rename':
      return [`under the name "${action.from}"`, 'under its new name'];
    case 'remove':
      return ['any value', 'missing'];
    case 'populate':
      return ['null or missing', rewriteWords(step)];
    default:
      return action satisfies never;
  }
}

function editFacts(step: Step): readonly [Facts, Facts] {
  if (step.change === 'restore') return [[['value', 'as the run left it']], [['value', rewriteWords(step)]]];
  const [before, after] = editSides(step.after as Edited, step);
  return [[['value', before]], [['value', after]]];
}

/** The properties of one side of a step; null: the object is not there. */
function factsOf({ change }: Step, side: unknown): Facts | null {
  if (side === null || side === undefined) return null;
  switch (change) {
    case 'index':
      return indexFacts(side as NamedIndex);
    case 'validator':
      return validatorFacts(side as Doc);
    case 'collection':
    case 'recreate':
      return collectionFacts(side as CollectionState);
    case 'options':
      return optionFacts(side as CollectionState['options']);
    case 'rename':
      return [['name', (side as { readonly name: string }).name]];
    default:
      return null;
  }
}

/** Both sides of a step, property by property, in the order in which they stand; those of the former side that went come last. */
export function sidesOf(step: Step): readonly SideRow[] {
  const isData = step.change === 'edit' || step.change === 'restore';
  const [old, wanted] = isData ? editFacts(step) : [factsOf(step, step.before), factsOf(step, step.after)];
  const [before, after] = [new Map(old), new Map(wanted)];
  const names = [...new Set([...after.keys(), ...before.keys()])];
  return names.map((name) => ({ name: shown(name), before: before.get(name) ?? null, after: after.get(name) ?? null }));
}
