import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BSON } from 'mongodb';
import { parse } from 'yaml';

/** One step as a case expects it; only the keys given are compared. */
export interface ExpectedStep {
  readonly address: string;
  readonly action: string;
  readonly route?: string;
  readonly documents?: number;
  readonly hazards?: readonly string[];
  readonly count?: number;
}

export interface Expectation {
  readonly steps?: readonly ExpectedStep[];
  readonly ordered?: boolean;
  readonly unmanaged?: readonly string[];
  readonly blocked?: string;
  readonly refused?: readonly string[];
  readonly invalid?: readonly string[];
  readonly violates?: { readonly count: number; readonly address: string; readonly ids: readonly unknown[] };
  readonly after?: Readonly<Record<string, CollectionAfter | null>>;
  readonly exactly?: Readonly<Record<string, readonly Record<string, unknown>[]>>;
  /** Documents that a plain insert is refused with (121), and that it takes; tried last. */
  readonly refuses?: Readonly<Record<string, readonly Record<string, unknown>[]>>;
  readonly accepts?: Readonly<Record<string, readonly Record<string, unknown>[]>>;
  /** Findings of `check`, after apply where there are steps, and no others at their addresses. */
  readonly check?: readonly ExpectedFinding[];
}

export interface ExpectedFinding {
  readonly rule: string;
  readonly address: string;
  readonly severity?: string;
  readonly count: number;
  /** Contained in what is named. */
  readonly sample?: readonly unknown[];
}

const compared = [
  'steps',
  'ordered',
  'unmanaged',
  'blocked',
  'refused',
  'invalid',
  'violates',
  'after',
  'exactly',
  'refuses',
  'accepts',
  'check',
] as const satisfies readonly (keyof Expectation)[];
const members: ReadonlySet<string> = new Set(compared);

/** Throws for an expectation that no test would look at. */
function expectationOf(file: string, value: unknown): Expectation {
  const unknown = Object.keys(value as object).filter((name) => !members.has(name));
  if (unknown.length > 0) throw new Error(`${file} expects what nothing compares: ${unknown.join(', ')}`);
  return value as Expectation;
}

export interface CollectionAfter {
  readonly type?: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly indexes?: Readonly<Record<string, Record<string, unknown> | null>>;
  readonly documents?: readonly Record<string, unknown>[];
}

export interface Case {
  readonly name: string;
  readonly what: string;
  /** A semver range of the servers on which it holds. */
  readonly servers: string;
  readonly live: readonly Record<string, unknown>[];
  /** Schema texts, applied one after the other. */
  readonly schemas: readonly string[];
  readonly between: readonly Record<string, unknown>[];
  readonly expect: Expectation;
}

const folder = fileURLToPath(new URL('.', import.meta.url));

const commands = (value: unknown): readonly Record<string, unknown>[] =>
  ((value ?? []) as readonly object[]).map(
    (command) => BSON.EJSON.deserialize(command, { relaxed: false }) as Record<string, unknown>,
  );

const schemaText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Every case in this folder, by name. */
export function readCases(): readonly Case[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  return files.sort().map((file) => {
    const found = parse(readFileSync(`${folder}${file}`, 'utf8')) as Record<string, unknown>;
    const desired = (found['desiredAfter'] as readonly unknown[] | undefined) ?? [found['desired']];
    return {
      name: file.replace('.yaml', ''),
      what: found['what'] as string,
      servers: found['servers'] as string,
      live: commands(found['live']),
      schemas: desired.map(schemaText),
      between: commands(found['between']),
      expect: expectationOf(file, found['expect']),
    };
  });
}
