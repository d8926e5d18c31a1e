import { type ExitCode, exitCodes } from '../errors.ts';
import { compareStructures } from '../planner/compare.ts';
import { declaredStructure, liveStructure, type Structure } from '../planner/structure.ts';
import { type ComparedSide, diffJson, diffText } from '../report/diff.ts';
import { readStructure } from '../workflow/structure.ts';
import { printable } from '../state/frame.ts';
import { withDatabase } from './connection.ts';
import type { Io } from './io.ts';
import { type Flags, usage } from './options.ts';
import { formatOf, themeOf } from './output.ts';
import { loadSchema } from './schema-files.ts';
import { readSnapshot } from './snapshot-files.ts';
import { whereOf as describeServer } from './source.ts';
import { describeSource } from './validate.ts';

interface Side extends ComparedSide {
  readonly structure: Structure;
}

type Where = { readonly kind: ComparedSide['kind']; readonly name: string };

/** `live`, `live:DB`, `snapshot:FILE`, `schema`, `schema:PATH` or a path. Throws 64 for anything else. */
function whereOf(word: string): Where {
  if (word === 'live' || word === 'schema') return { kind: word, name: '' };
  const found = /^(live|snapshot|schema):(.*)$/s.exec(word);
  const [, kind, name = ''] = found ?? [];
  if (kind === undefined) {
    if (word.endsWith('.json'))
      throw usage(`"${word}" does not read like a schema.`, `A snapshot is: snapshot:${word}`);
    return { kind: 'schema', name: word };
  }
  if (name === '')
    throw usage(`"${word}" names nothing.`, 'Sides are schema, schema:PATH, snapshot:FILE, live, live:DB.');
  return { kind: kind as Where['kind'], name };
}

async function liveSide(name: string, flags: Flags, io: Io): Promise<Side> {
  return withDatabase(name === '' ? flags : { ...flags, db: name }, io, async (db) => {
    const structure = await readStructure(db);
    if (Object.keys(structure.state.collections).length === 0)
      io.warn(`warning: the database "${db.name}" holds no collections\n`);
    return { kind: 'live', name: db.name, text: describeServer(db), structure };
  });
}

async function sideOf({ kind, name }: Where, flags: Flags, io: Io): Promise<Side> {
  if (kind === 'live') return liveSide(name, flags, io);
  if (kind === 'schema') {
    const loaded = await loadSchema(name === '' ? flags : { ...flags, schema: [name] }, io);
    const structure = declaredStructure(loaded.schema);
    return { kind, name: loaded.paths.join(' '), text: describeSource(loaded), structure };
  }
  const { target, createdAt, structure } = await readSnapshot(name, io);
  const text = `${target.database} in ${printable(name)} (MongoDB ${target.server}, ${createdAt})`;
  return { kind, name, text, structure: liveStructure(structure) };
}

/** Says in what two structures differ. Writes nothing. */
export async function diff(a: string, b: string, flags: Flags, io: Io): Promise<ExitCode> {
  const format = formatOf(flags);
  const places = [whereOf(a), whereOf(b)] as const;
  const left = await sideOf(places[0], flags, io);
  const right = await sideOf(places[1], flags, io);
  const differences = compareStructures(left.structure, right.structure);
  const differing = new Set(differences.map(({ collection }) => collection));
  const same = Object.keys(left.structure.state.collections).filter((name) => !differing.has(name)).length;
  const compared = { a: left, b: right, differences, same };
  io.out(format === 'json' ? diffJson(compared) : diffText(compared, themeOf(io)));
  return flags.detailedExitcode === true && differences.length > 0 ? exitCodes.differences : exitCodes.done;
}
