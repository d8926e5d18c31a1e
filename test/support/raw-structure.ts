import type { Db } from 'mongodb';
import { toBson } from '../../src/database/bson.ts';
import { indexName } from '../../src/state/address.ts';
import type { CollectionDeclaration } from '../../src/state/types.ts';
import type { Value } from '../../src/state/value.ts';
import { schemaOf, type Structure } from './structures.ts';

type Members = Readonly<Record<string, unknown>>;

type Words = (value: ReadonlyMap<string, unknown>) => unknown;

const isOperators = (value: unknown): value is ReadonlyMap<string, unknown> =>
  value instanceof Map && [...value.keys()].every((name) => String(name).startsWith('$'));

/** Each condition by itself in one `$and`: servers before 6.0 take it at the top alone. */
function oneByOne(filter: ReadonlyMap<string, unknown>): ReadonlyMap<string, unknown> {
  if (filter.size === 0 || [...filter.keys()].some((name) => name.startsWith('$'))) return filter;
  const conditions = [...filter].flatMap(([path, value]) =>
    isOperators(value)
      ? [...value].map((operator) => new Map([[path, new Map([operator])]]))
      : [new Map([[path, value]])],
  );
  return new Map([['$and', conditions]]);
}

/** The same option in other words: what servers keep as it is written, or fill in, is no difference. */
const spellings: Readonly<Record<string, Words>> = {
  partialFilterExpression: oneByOne,
  collation: (collation) =>
    collation.get('locale') === 'simple' ? collation : new Map<string, unknown>([['strength', 3], ...collation]),
};

const bson = (options: Readonly<Record<string, Value>>): Members =>
  Object.fromEntries(Object.entries(options).map(([name, value]) => [name, toBson(value)]));

function spelt(options: Members, otherwise: boolean): Members {
  if (!otherwise) return options;
  const entries = Object.entries(options).map(([name, value]) => {
    return [name, spellings[name]?.(value as ReadonlyMap<string, unknown>) ?? value] as const;
  });
  return Object.fromEntries(entries);
}

function validatorOf({ validation }: CollectionDeclaration): Members {
  const validator = validation?.validator;
  if (validator == null) return {};
  const { rule, level, action } = bson(Object.fromEntries(validator));
  return { validator: rule, validationLevel: level ?? 'strict', validationAction: action ?? 'error' };
}

async function makeOne(db: Db, declaration: CollectionDeclaration, otherwise: boolean): Promise<void> {
  const { name, options, indexes } = declaration;
  await db.command({ create: name, ...spelt(bson(options), otherwise), ...validatorOf(declaration) });
  const taken = new Set<string>();
  const specs = indexes.map((index, at) => {
    const generated = index.name ?? indexName(index.key);
    const called = taken.has(generated) ? `${generated}_${at}` : generated;
    taken.add(called);
    const key = new Map(index.key.map(([field, direction]) => [field, toBson(direction)]));
    // Text and 2d indexes compare bytes, and in a collection with a collation that has to be said (67).
    const simple = [...key.values()].some((kind) => kind === 'text' || kind === '2d')
      ? { collation: { locale: 'simple' } }
      : {};
    return { key, name: called, ...simple, ...spelt(bson(index.options), otherwise) };
  });
  for (const spec of specs) await db.command({ createIndexes: name, indexes: [spec] });
}

/** Makes a structure by the server's own commands, as somebody would by hand; `otherwise`: in other words than declared. */
export async function makeByHand(db: Db, structure: Structure, otherwise: boolean): Promise<void> {
  const { collections } = schemaOf(structure);
  const views = collections.filter(({ type }) => type === 'view');
  for (const one of [...collections.filter(({ type }) => type !== 'view'), ...views]) {
    await makeOne(db, one, otherwise);
  }
}
