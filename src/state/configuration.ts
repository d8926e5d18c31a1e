import { type Diagnostic, sortDiagnostics } from '../diagnostics.ts';
import { defaultRetentionMs, parseDuration } from './duration.ts';
import type { Ignored } from './ignored.ts';
import { type JsonSchema, listOf, mapOf, name, record } from './language/schema.ts';
import { didYouMean } from './suggest.ts';
import { checkShape } from './shape.ts';
import {
  entriesAt,
  itemsAt,
  nodeAt,
  textAt,
  textOf,
  type YamlEntry,
  type YamlMap,
  type YamlNode,
  type YamlScalar,
} from './yaml/node.ts';
import { diagnosticAt, type Report, sourceFile } from './yaml/place.ts';
import { readYaml } from './yaml/read.ts';

/** One named environment: where its database is, and what its policy is. */
export interface Environment {
  readonly url: string | null;
  readonly db: string | null;
  /** The database that keeps lock, journal and undo data; null: the one that is managed. */
  readonly stateDatabase: string | null;
  /** Hazards that no `--allow` approves: `drop-collection`, or at an address: `drop-index@orders.**`. */
  readonly forbid: readonly string[];
  readonly ignore: readonly Ignored[];
  /** Milliseconds for which undo data is kept; null: until it is purged by hand. */
  readonly retentionMs: number | null;
}

const ignored = record(
  'Addresses that drift and plan leave unreported.',
  {
    address: name('An address or a glob: sessions, users.indexes.*, tmp_*.'),
    reason: name('Why they are left alone.'),
    until: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'The last day: 2026-12-31.' },
  },
  ['address', 'reason'],
);

const environment = record('One environment.', {
  url: name('The connection string; in every text ${VAR} is replaced by an environment variable.'),
  db: name('The database.'),
  forbid: listOf(name('A hazard, or HAZARD@GLOB.'), 'Hazards that no --allow approves here.'),
  ignore: listOf(ignored, 'What drift does not report here, and plan not as unmanaged.'),
  stateDatabase: name(
    'Another database of the same server that keeps lock, journal and undo data, also of several databases.',
  ),
  undo: record('What is kept to roll runs back with.', {
    retention: {
      type: 'string',
      pattern: '^(forever|\\d+(\\.\\d+)?[mhd])$',
      description: 'For how long, after a run ended: 30d (default), 12h; or forever.',
    },
  }),
});

/** The shape of `schemactl.config.yaml`. */
const configurationSchema: JsonSchema = record(
  'The configuration of schemactl.',
  { environments: mapOf(environment, 'Environments by name: --env NAME.') },
  ['environments'],
);

type Variables = Readonly<Record<string, string | undefined>>;

/** Why `${…}` cannot be replaced; null where it can. */
function problemOf(variable: string, end: string, env: Variables): string | null {
  if (end === '') return '"${" is not closed by "}"';
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable)) return `"\${${variable}}" names no environment variable`;
  const isSet = Object.hasOwn(env, variable) && (env[variable] ?? '') !== '';
  return isSet ? null : `the environment variable ${variable} is not set`;
}

/** `${VAR}` in a text, judged as it is replaced; what it is written as stays, so that no finding quotes a variable's value. */
function interpolatedText(node: YamlScalar, written: string, env: Variables, report: Report): YamlScalar {
  const problems: string[] = [];
  const value = written.replaceAll(/\$\{([^}]*)(\}?)/g, (_, variable: string, end: string) => {
    const problem = problemOf(variable, end, env);
    if (problem !== null) problems.push(problem);
    return env[variable] ?? '';
  });
  for (const problem of problems) report('SCH2113', node, problem);
  return { ...node, value: problems.length === 0 ? value : undefined };
}

/** The node with `${VAR}` replaced in every text; one of a variable that is not set, or empty, is reported and counts as unreadable. */
function interpolated(node: YamlNode, env: Variables, report: Report): YamlNode {
  if (node.kind === 'list') return { ...node, items: node.items.map((item) => interpolated(item, env, report)) };
  if (node.kind === 'map') return withValues(node, ({ value }) => interpolated(value, env, report));
  return typeof node.value === 'string' ? interpolatedText(node, node.value, env, report) : node;
}

function withValues(map: YamlMap, valueOf: (entry: YamlEntry) => YamlNode): YamlMap {
  const entries = [...map.entries].map(([name, entry]) => [name, { ...entry, value: valueOf(entry) }] as const);
  return { ...map, entries: new Map(entries) };
}

/** The file with its texts replaced: what the environments that are not wanted lack is nobody's business today. */
function interpolatedFile(root: YamlMap, wanted: string, env: Variables, report: Report): YamlMap {
  const silent: Report = () => undefined;
  return withValues(root, ({ name, value }) =>
    name === 'environments' && value.kind === 'map'
      ? withValues(value, (each) => interpolated(each.value, env, each.name === wanted ? report : silent))
      : interpolated(value, env, report),
  );
}

function ignoredOf(node: YamlNode): Ignored {
  return {
    address: textAt(node, 'address') ?? '',
    reason: textAt(node, 'reason') ?? '',
    until: textAt(node, 'until') ?? null,
  };
}

function retentionOf(node: YamlNode | undefined): number | null {
  const text = textOf(nodeAt(node, 'retention'));
  if (text === undefined) return defaultRetentionMs;
  return text === 'forever' ? null : parseDuration(text);
}

/** What stands at `url:`, on the same line or the next one, as far as a line can tell; quoted or not. */
const urlLines =
  /(?<=(?:^|[\s{,"'])url["']?[ \t]*:)[ \t]*(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|(?:[|>][-+\d]*)?[ \t]*\r?\n[^\n]*|[^\n]*)/gi;

const isVariable = (text: string): boolean => /^\s*["']?\$\{\w+\}["']?[\s,}]*$/.test(text);
const masked = (text: string): string => (isVariable(text) ? text : text.replace(/[^\s"']/g, '*'));

/** The file as it may be shown: no connection string, which may hold a password; every place is where it was. */
function withoutUrls(text: string, root: YamlNode | null): string {
  const urls = entriesAt(root ?? undefined, 'environments').flatMap(({ value }) => nodeAt(value, 'url') ?? []);
  const shown = urls.reduce(
    (before, { start, end }) => `${before.slice(0, start)}${masked(before.slice(start, end))}${before.slice(end)}`,
    text,
  );
  return shown.replace(urlLines, masked);
}

export interface ReadConfiguration {
  /** The file as it may be shown. */
  readonly shown: string;
  /** Null if any diagnostic is an error. */
  readonly environment: Environment | null;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads one environment of a configuration file. Only that environment's variables have to be set.
 * Never throws for what the file holds; that is in `diagnostics`, which quote no value of a variable.
 */
export function readConfiguration(
  { path, text }: { readonly path: string; readonly text: string },
  wanted: string,
  env: Variables,
): ReadConfiguration {
  const diagnostics: Diagnostic[] = [];
  const report: Report = (...found) => void diagnostics.push(diagnosticAt(...found));
  const file = sourceFile(path, text);
  const written = readYaml(file, report, 'a configuration begins with "environments:"');
  const root = written?.kind === 'map' ? interpolatedFile(written, wanted, env, report) : null;
  if (root !== null) checkShape(root, report, configurationSchema);
  const names = root === null ? [] : entriesAt(root, 'environments').map((entry) => entry.name);
  const node = nodeAt(nodeAt(root ?? undefined, 'environments'), wanted);
  if (node === undefined && diagnostics.length === 0) {
    const hint = didYouMean(wanted, names) ?? (names.length === 0 ? undefined : `known: ${names.join(', ')}`);
    report('SCH2113', { file, start: 0, end: 0 }, `the environment "${wanted}" is not declared`, hint);
  }
  const environment = {
    url: textAt(node, 'url') ?? null,
    db: textAt(node, 'db') ?? null,
    stateDatabase: textAt(node, 'stateDatabase') ?? null,
    forbid: itemsAt(node, 'forbid').flatMap((item) => textOf(item) ?? []),
    ignore: itemsAt(node, 'ignore').map(ignoredOf),
    retentionMs: retentionOf(nodeAt(node, 'undo')),
  };
  return {
    shown: withoutUrls(file.text, root),
    environment: diagnostics.length === 0 ? environment : null,
    diagnostics: sortDiagnostics(diagnostics),
  };
}
