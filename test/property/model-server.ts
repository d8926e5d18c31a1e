import { trashName } from '../../src/planner/families/collections/commands.ts';
import type { Unit } from '../../src/planner/contract.ts';
import type { CommandOperation } from '../../src/planner/operation.ts';
import type { CollectionState, DatabaseState, IndexState } from '../../src/state/types.ts';
import { canonical } from '../../src/state/encode.ts';
import { type Doc, isDoc, isList, isScalar, type Value } from '../../src/state/value.ts';
import { uuidOf } from '../planner/support.ts';

/** What a server of 6.0 does with the commands of a plan, its refusals included, over a structure in memory. */
export interface Held {
  readonly collections: Map<string, { readonly uuid: string; readonly indexes: Map<string, IndexState> }>;
}

export function held({ collections }: DatabaseState): Held {
  const found = Object.entries(collections).map(
    ([name, { indexes }]) => [name, { uuid: uuidOf(name), indexes: new Map(Object.entries(indexes)) }] as const,
  );
  return { collections: new Map(found) };
}

const plain = { type: 'collection', options: {}, validator: null } as const;

export function stateIn({ collections }: Held): DatabaseState {
  const states = [...collections].map(([name, { indexes }]): [string, CollectionState] => [
    name,
    { ...plain, indexes: Object.fromEntries(indexes) },
  ]);
  return { collections: Object.fromEntries(states) };
}

export const uuidsIn = ({ collections }: Held): Readonly<Record<string, string>> =>
  Object.fromEntries([...collections].map(([name, { uuid }]) => [name, uuid]));

const collectionIn = ({ collections }: Held, name: Value | undefined) => {
  const found = collections.get(String(name));
  if (found === undefined) throw new Error(`26 NamespaceNotFound: ${String(name)}`);
  return found;
};

const signature = ({ key, options }: IndexState): string =>
  JSON.stringify([
    key.map(([field, direction]) => [field, isScalar(direction) ? direction.text : direction]),
    options['unique'] ?? false,
    options['sparse'] ?? false,
    options['partialFilterExpression'] === undefined ? null : canonical(options['partialFilterExpression']),
  ]);

function create(indexes: Map<string, IndexState>, spec: Doc): void {
  const name = String(spec.get('name'));
  const key = spec.get('key');
  const options = [...spec].filter(([option]) => option !== 'name' && option !== 'key');
  const index = { key: isDoc(key) ? [...key] : [], options: Object.fromEntries(options) };
  if (indexes.has(name)) throw new Error(`86 IndexKeySpecsConflict: ${name}`);
  const twin = [...indexes].find(([, other]) => signature(other) === signature(index));
  if (twin !== undefined) throw new Error(`85 IndexOptionsConflict: ${name} beside ${twin[0]}`);
  indexes.set(name, index);
}

const collModOptions = new Set(['expireAfterSeconds', 'hidden', 'prepareUnique', 'unique']);

function modify(indexes: Map<string, IndexState>, change: Doc): void {
  const name = String(change.get('name'));
  const index = indexes.get(name);
  if (index === undefined) throw new Error(`27 IndexNotFound: ${name}`);
  const options = { ...index.options };
  for (const [option, value] of change) {
    if (option === 'name') continue;
    if (!collModOptions.has(option)) throw new Error(`collMod knows no ${option}`);
    if (option === 'prepareUnique' && change.size > 2) throw new Error('72 InvalidOptions: prepareUnique stands alone');
    if (option === 'unique' && options['prepareUnique'] !== true) throw new Error('72 InvalidOptions: not prepared');
    if (option === 'unique') Reflect.deleteProperty(options, 'prepareUnique');
    if (value === false) Reflect.deleteProperty(options, option);
    else options[option] = value;
  }
  indexes.set(name, { ...index, options });
}

const docs = (value: Value | undefined): readonly Doc[] => (isList(value) ? value.filter(isDoc) : []);

function run(server: Held, { body }: CommandOperation): void {
  const [[command, subject] = ['']] = body;
  const local = (name: Value | undefined): string => String(name).slice('shop.'.length);
  if (command === 'create') {
    if (server.collections.has(String(subject))) throw new Error(`48 NamespaceExists: ${String(subject)}`);
    server.collections.set(String(subject), { uuid: uuidOf(String(subject)), indexes: new Map() });
  } else if (command === 'renameCollection') {
    const from = collectionIn(server, local(subject));
    if (server.collections.has(local(body.get('to')))) throw new Error(`48 NamespaceExists: ${local(body.get('to'))}`);
    server.collections.delete(local(subject));
    server.collections.set(local(body.get('to')), from);
  } else if (command === 'createIndexes') {
    for (const spec of docs(body.get('indexes'))) create(collectionIn(server, subject).indexes, spec);
  } else if (command === 'collMod') {
    modify(collectionIn(server, subject).indexes, body.get('index') as Doc);
  } else if (command === 'dropIndexes') {
    for (const name of body.get('index') as readonly Value[]) {
      if (!collectionIn(server, subject).indexes.delete(String(name)))
        throw new Error(`27 IndexNotFound: ${String(name)}`);
    }
  } else throw new Error(`no such command: ${command}`);
}

/** Runs units in their order. Throws what a server would refuse. */
export function execute(server: Held, units: readonly Unit[]): void {
  for (const operation of units.flatMap(({ operations }) => operations)) {
    if (operation.kind === 'command') run(server, operation);
    else collectionIn(server, operation.kind === 'copy' ? operation.from : operation.collection);
  }
}

/** The structure without what dropped collections left behind. */
export function withoutTrash({ collections }: DatabaseState): DatabaseState {
  const prefix = trashName('');
  return { collections: Object.fromEntries(Object.entries(collections).filter(([name]) => !name.startsWith(prefix))) };
}
