import { indexName } from './address.ts';
import { encode, type Json } from './encode.ts';
import type {
  CollectionDeclaration,
  FieldDeclaration,
  FieldType,
  IndexDeclaration,
  IndexState,
  LinkDeclaration,
  Population,
  Schema,
  ValidationDeclaration,
} from './types.ts';
import { isDoc, isList, isNumber, isScalar, type Scalar, type Value } from './value.ts';
import { readPlain } from './yaml/plain.ts';
import { flow, type Out, quoteText, writeYaml } from './yaml/write.ts';

type Member = readonly [name: string, value: Out | undefined];

/** A map of what is there. */
const map = (...members: readonly Member[]): ReadonlyMap<string, Out> =>
  new Map(members.filter((member): member is readonly [string, Out] => member[1] !== undefined));

const text = (value: string | null | undefined): Out | undefined => (value == null ? undefined : quoteText(value));
const whole = (value: number | undefined): Out | undefined => (value === undefined ? undefined : String(value));
const onlyTrue = (value: boolean | undefined): Out | undefined => (value === true ? 'true' : undefined);
const each = <T>(list: readonly T[], make: (item: T) => Member): Out | undefined =>
  list.length === 0 ? undefined : map(...list.map(make));

function fromJson(json: Json): Out {
  if (typeof json === 'string') return quoteText(json);
  if (json === null || typeof json !== 'object') return String(json);
  return Array.isArray(json)
    ? json.map(fromJson)
    : map(...Object.entries(json as Record<string, Json>).map(([name, value]): Member => [name, fromJson(value)]));
}

/** Years that `new Date` prints with four digits; others keep their milliseconds. */
const isoLimit = 253_402_300_800_000;

function wrapped(value: Scalar): Out {
  const time = Number(value.text);
  if (value.type !== 'date' || time < 0 || time >= isoLimit) return fromJson(encode(value));
  return map(['$date', quoteText(new Date(time).toISOString())]);
}

/** A value without a declared type: int and double bare, every other scalar as Extended JSON. */
export function emitValue(value: Value): Out {
  if (isDoc(value)) return map(...[...value].map(([name, item]): Member => [name, emitValue(item)]));
  if (isList(value)) return value.map(emitValue);
  if (!isScalar(value)) return typeof value === 'string' ? quoteText(value) : String(value);
  const plain = readPlain(value.text);
  const isBare = 'value' in plain && isScalar(plain.value) && plain.value.type === value.type;
  return isBare ? value.text : wrapped(value);
}

const untyped: readonly FieldType[] = ['number', 'any'];

/** A value in a typed place: a number bare if the first type takes it as it is, else wrapped, so that no earlier type does. */
function emitTyped(value: Value, types: readonly FieldType[], field: FieldDeclaration | null): Out {
  if (isDoc(value)) {
    const byName = new Map(field?.fields.map((inner) => [inner.name, inner]));
    return map(...[...value].map(([name, item]): Member => [name, emitMember(item, byName.get(name))]));
  }
  if (isList(value)) return value.map((item) => emitMember(item, field?.items ?? undefined));
  if (!isScalar(value)) return emitValue(value);
  const [first] = types;
  if (first !== undefined && untyped.includes(first)) return emitValue(value);
  const isBare =
    isNumber(value) && first === value.type && /[0-9]$/.test(value.text) && 'value' in readPlain(value.text);
  return isBare ? value.text : wrapped(value);
}

const emitMember = (value: Value, field: FieldDeclaration | undefined): Out =>
  field === undefined ? emitValue(value) : emitTyped(value, field.types, field);

const emitAbsent = ({ description, milestone }: FieldDeclaration): Out =>
  map(['absent', 'true'], ['description', text(description)], ['milestone', text(milestone)]);

const numeric: readonly FieldType[] = ['int', 'long', 'double', 'decimal', 'number', 'any'];

function emitField(field: FieldDeclaration): Out {
  if (field.absent) return emitAbsent(field);
  const { rules, types } = field;
  const bounds = types.includes('any') ? untyped.slice(0, 1) : types.filter((type) => numeric.includes(type));
  const bound = (value: Value | undefined): Out | undefined =>
    value === undefined ? undefined : emitTyped(value, bounds, null);
  return map(
    ['type', types.length === 1 ? text(types[0]) : types.map(quoteText)],
    ['description', text(field.description)],
    ['required', onlyTrue(field.required)],
    ['nullable', onlyTrue(field.nullable)],
    ['enum', rules.enum?.map((value) => emitTyped(value, types, field))],
    ['minimum', bound(rules.minimum)],
    ['maximum', bound(rules.maximum)],
    ['exclusiveMinimum', bound(rules.exclusiveMinimum)],
    ['exclusiveMaximum', bound(rules.exclusiveMaximum)],
    ['minLength', whole(rules.minLength)],
    ['maxLength', whole(rules.maxLength)],
    ['pattern', text(rules.pattern)],
    ['format', text(rules.format)],
    ['minItems', whole(rules.minItems)],
    ['maxItems', whole(rules.maxItems)],
    ['uniqueItems', onlyTrue(rules.uniqueItems)],
    ['default', field.default === undefined ? undefined : emitTyped(field.default, types, field)],
    ['compute', field.compute === undefined ? undefined : emitValue(field.compute)],
    ['convert', onlyTrue(field.convert)],
    ['renamedFrom', text(field.renamedFrom)],
    ['milestone', text(field.milestone)],
    ['fields', each(field.fields, (inner) => [inner.name, emitField(inner)])],
    ['items', field.items === null ? undefined : emitField(field.items)],
  );
}

/** Options of which the language wants plain numbers, whatever their type. */
function emitPlain(value: Value): Out {
  if (isDoc(value)) return map(...[...value].map(([name, item]): Member => [name, emitPlain(item)]));
  return isNumber(value) ? value.text : emitValue(value);
}

/** Options that hold values of the user's or the server's own, whose types count. */
const typedOptions = new Set(['partialFilterExpression', 'pipeline', 'storageEngine', 'indexOptionDefaults']);

const emitOptions = (options: Readonly<Record<string, Value>>): readonly Member[] =>
  Object.entries(options).map(([name, value]) => [name, typedOptions.has(name) ? emitValue(value) : emitPlain(value)]);

function emitIndex({ key, name, options, milestone, absent }: IndexDeclaration): Out {
  return map(
    ['key', map(...key.map(([field, direction]): Member => [field, emitPlain(direction)]))],
    ['name', text(name)],
    ...emitOptions(options),
    ['absent', onlyTrue(absent)],
    ['milestone', text(milestone)],
  );
}

/** A live index as an item of `indexes`, in one line; a name that the server would give it anyway is left out. */
export function indexLine({ name, ...index }: IndexState & { readonly name: string }): string {
  const own = name === indexName(index.key) ? null : name;
  return flow(emitIndex({ ...index, name: own, milestone: null, absent: false }));
}

const unless = (value: Value | undefined, byDefault: string | null): Out | undefined =>
  value === undefined || value === byDefault ? undefined : emitValue(value);

/** `validation` and, where it is raw, `validator`; beside a raw one only what is not the default is written. */
function emitValidation(validation: ValidationDeclaration | null): readonly Member[] {
  if (validation === null) return [];
  const { source, validator, milestone } = validation;
  if (validator === null) return [['validation', map(['absent', 'true'], ['milestone', text(milestone)])]];
  const byDefault = (value: string): string | null => (source === 'raw' ? value : null);
  const settings: readonly Member[] = [
    ['level', unless(validator.get('level'), byDefault('strict'))],
    ['action', unless(validator.get('action'), byDefault('error'))],
    ['milestone', text(milestone)],
  ];
  const isWritten = settings.some(([, out]) => out !== undefined);
  return [
    ['validation', isWritten ? map(...settings) : undefined],
    ['validator', source === 'raw' ? emitValue(validator.get('rule') ?? null) : undefined],
  ];
}

function emitPopulation({ match, where, ambiguous }: Population): Out {
  return map(
    ['match', map(...match.map(([own, other]): Member => [own, text(other)]))],
    ['where', where === null ? undefined : emitValue(where)],
    ['ambiguous', text(ambiguous)],
  );
}

function emitLink({ field, target, optional, severity, index, populate, milestone }: LinkDeclaration): Out {
  return map(
    ['field', text(field)],
    ['references', text(`${target.collection}.${target.field}`)],
    ['optional', onlyTrue(optional)],
    ['severity', text(severity)],
    ['index', onlyTrue(index)],
    ['populate', populate === null ? undefined : emitPopulation(populate)],
    ['milestone', text(milestone)],
  );
}

/** One collection, without its name. */
export function emitCollection(collection: CollectionDeclaration): ReadonlyMap<string, Out> {
  const { fields, indexes, links, checks } = collection;
  const options = emitOptions(collection.options);
  return map(
    ['description', text(collection.description)],
    ['mustExist', onlyTrue(collection.mustExist)],
    ['protect', onlyTrue(collection.protect)],
    ['unmanaged', collection.unmanaged === 'report' ? undefined : collection.unmanaged],
    ['renamedFrom', text(collection.renamedFrom)],
    ['absent', onlyTrue(collection.absent)],
    ['milestone', text(collection.milestone)],
    ['options', options.length === 0 ? undefined : map(...options)],
    ...emitValidation(collection.validation),
    ['fields', each(fields, (field) => [field.name, emitField(field)])],
    ['indexes', indexes.length === 0 ? undefined : indexes.map(emitIndex)],
    ['links', each(links, (link) => [link.name, emitLink(link)])],
    [
      'checks',
      each(checks, ({ name, description, severity, rule }) => [
        name,
        map(
          ['description', text(description)],
          ['severity', severity],
          ...[...rule].map(([part, value]): Member => [part, emitValue(value)]),
        ),
      ]),
    ],
  );
}

/** Levels whose entries never share a line: the file, `collections`, a collection. */
const blockLevels = 3;

/** A schema as YAML text. Parsing it gives an equal schema; names keep their order. */
export function emitSchema({ milestones, formats, collections }: Schema): string {
  const out = map(
    ['version', '1'],
    ['milestones', each(milestones, ({ id, title }) => [id, text(title)])],
    ['formats', each(Object.entries(formats), ([name, pattern]) => [name, text(pattern)])],
    ['collections', map(...collections.map((each): Member => [each.name, emitCollection(each)]))],
  );
  return writeYaml(out, blockLevels);
}
