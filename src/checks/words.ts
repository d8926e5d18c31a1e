import type { CheckDeclaration, FieldDeclaration, FieldRules, Severity } from '../state/types.ts';
import { type Doc, isScalar, toNumber, type Value } from '../state/value.ts';
import { grouped, plural } from '../state/words.ts';
import type { FieldRule, FieldRuleKind } from './field-rules.ts';
import type { Reference } from './reference.ts';

/** How bad a broken field rule is: what code cannot read or does not know of is high, what is only odd is medium. */
export const fieldSeverity: Readonly<Record<FieldRuleKind, Severity>> = {
  required: 'high',
  type: 'high',
  enum: 'high',
  range: 'medium',
  format: 'medium',
  settled: 'medium',
};

interface Words {
  readonly message: string;
  readonly fix: string;
}

function shown(value: Value): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return value;
  return isScalar(value) ? value.text : '…';
}

/** `a, b or c` */
function either(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}

function bounds(rules: FieldRules): readonly string[] {
  const number = (value: Value | undefined, words: string): readonly string[] =>
    value === undefined ? [] : [`${words} ${shown(value)}`];
  const whole = (value: number | undefined, words: string, of: string): readonly string[] =>
    value === undefined ? [] : [`${words} ${value} ${of}`];
  return [
    ...number(rules.minimum, 'at least'),
    ...number(rules.exclusiveMinimum, 'more than'),
    ...number(rules.maximum, 'at most'),
    ...number(rules.exclusiveMaximum, 'less than'),
    ...whole(rules.minLength, 'at least', 'characters'),
    ...whole(rules.maxLength, 'at most', 'characters'),
    ...whole(rules.minItems, 'at least', 'items'),
    ...whole(rules.maxItems, 'at most', 'items'),
    ...(rules.uniqueItems === true ? ['no item twice'] : []),
  ];
}

/** What the field declares, or its items where these alone declare it. */
function holder(field: FieldDeclaration, declares: (field: FieldDeclaration) => boolean): FieldDeclaration {
  for (let each: FieldDeclaration | null = field; each !== null; each = each.items) if (declares(each)) return each;
  return field;
}

const isTyped = ({ types }: FieldDeclaration): boolean => types.length > 0 && !types.includes('any');

/** `is not array or null, or has an item that is not object`: the rule is about a value and about what is in it. */
function typeWords(field: FieldDeclaration): string {
  const { types, nullable, items } = field;
  const own = isTyped(field) ? [`is not ${either([...types, ...(nullable ? ['null'] : [])])}`] : [];
  const inner =
    items === null || !(isTyped(items) || items.items !== null) ? [] : [`has an item that ${typeWords(items)}`];
  return [...own, ...inner].join(', or ');
}

const wordsOf: Readonly<Record<FieldRuleKind, (name: string, field: FieldDeclaration) => Words>> = {
  required: (name) => ({
    message: `${name} is missing`,
    fix: `write ${name} into these documents, or take "required" away`,
  }),
  settled: (name) => ({
    message: `${name} is missing in documents that came after it was filled in`,
    fix: 'deploy the code that writes it, then: schemactl apply --check-data full',
  }),
  type: (name, field) => ({
    message: `${name} ${typeWords(field)}`,
    fix: `convert these values of ${name}, or add their type to the declaration`,
  }),
  enum: (name, field) => {
    const { rules } = holder(field, (each) => each.rules.enum !== undefined);
    return {
      message: `${name} is not ${either((rules.enum ?? []).map(shown))}`,
      fix: `change these values of ${name}, or add them to "enum"`,
    };
  },
  range: (name, field) => ({
    message: `${name} is not ${bounds(holder(field, (each) => bounds(each.rules).length > 0).rules).join(', ')}`,
    fix: `correct these values of ${name}, or widen the bounds`,
  }),
  format: (name, field) => {
    const { rules } = holder(field, (each) => (each.rules.format ?? each.rules.pattern) !== undefined);
    const what = rules.format === undefined ? `the pattern ${rules.pattern ?? ''}` : `the format ${rules.format}`;
    return { message: `${name} does not have ${what}`, fix: `correct these values of ${name}, or change the pattern` };
  },
};

/** What is wrong, and what mends it. */
export function fieldWords({ rule, address, field }: FieldRule): Words {
  const name = address.slice(address.indexOf('.fields.') + '.fields.'.length);
  return wordsOf[rule](name, field);
}

export function linkWords({ link: { field, target }, nulls: counts }: Reference, nulls: number): Words {
  const to = `${target.collection}.${target.field}`;
  const what = `${field} leads to no ${to}`;
  const how = [...(counts.alone || counts.item ? ['null'] : []), ...(counts.missing ? ['missing'] : [])].join(' or ');
  return {
    message: nulls === 0 ? what : `${what}; it is ${how} in ${grouped(nulls)} of them`,
    fix: `write the right ${to} into ${field}, bring the lost ${target.collection} back, or delete these documents`,
  };
}

/** `6 documents share 3 values; 3 too many, with 1,280 as total_amount` */
function duplicateWords(sum: Value | undefined, found: Doc | undefined): string {
  const [n, values] = [toNumber(found?.get('n')) ?? 0, toNumber(found?.get('values')) ?? 0];
  const amount = toNumber(found?.get('sum')) ?? 0;
  const added = typeof sum === 'string' ? `, with ${amount.toLocaleString('en-US')} as ${sum}` : '';
  return `${plural(n, 'document')} share ${plural(values, 'value')}; ${grouped(n - values)} too many${added}`;
}

/** What a named check means in its own words; `found` is what its pipeline yielded. */
export function checkWords({ name, description, rule }: CheckDeclaration, found: Doc | undefined): Words {
  const said = description?.replace(/\.$/, '') ?? name.replaceAll('_', ' ');
  if (!rule.has('duplicate')) return { message: said, fix: `mend these documents; the rule is the check "${name}"` };
  return {
    message: `${said}: ${duplicateWords(rule.get('sum'), found)}`,
    fix: 'keep one document of each, or give the others a value of their own',
  };
}
