import { exitCodes, SchemactlError } from '../errors.ts';
import { canonicalText, decode, encode, type Json } from '../state/encode.ts';
import { fingerprint } from '../state/fingerprint.ts';
import { record } from '../state/normalise.ts';
import type { DatabaseState } from '../state/types.ts';
import type { LedgerEntry, Target } from './contract.ts';
import { isOwn } from './diff.ts';

/** The structure of a database at one time, format 1: what a plan can be made against without a server. Holds no documents. */
export interface Snapshot {
  readonly formatVersion: 1;
  readonly kind: 'snapshot';
  readonly tool: string;
  readonly createdAt: string;
  /** Its `server` is the version of the server. */
  readonly target: Target;
  /** The state document that the patches of a plan apply to, without our own collections. */
  readonly structure: DatabaseState;
  /** Collection UUIDs as hex; views have none. */
  readonly uuids: Readonly<Record<string, string>>;
  /** What was applied, by address. */
  readonly ledger: readonly LedgerEntry[];
  /** Over all but itself and `createdAt`: equal where nothing has changed. */
  readonly checksum: string;
}

/** A plan's checksum is over the plan alone, so that neither file passes for the other. */
function checksumOf({ createdAt: _, ...rest }: Omit<Snapshot, 'checksum'>): string {
  return fingerprint({ snapshot: rest });
}

const withoutOwn = <T>(byCollection: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
  record(Object.entries(byCollection).filter(([name]) => !isOwn(name)));

/** A snapshot of what was read. Pure. */
export function makeSnapshot(read: Omit<Snapshot, 'formatVersion' | 'kind' | 'checksum'>): Snapshot {
  const snapshot = {
    ...read,
    formatVersion: 1,
    kind: 'snapshot',
    structure: { collections: withoutOwn(read.structure.collections) },
    uuids: withoutOwn(read.uuids),
  } as const;
  return { ...snapshot, checksum: checksumOf(snapshot) };
}

/** A snapshot as canonical JSON text; `decodeSnapshot(encodeSnapshot(s))` equals s. */
export function encodeSnapshot(snapshot: Snapshot): string {
  return `${canonicalText(encode(snapshot))}\n`;
}

function unreadable(why: string, next = 'Make one with: schemactl snapshot --out FILE'): SchemactlError {
  return new SchemactlError(why, { code: 'SCH2504', exitCode: exitCodes.invalid, next: [next] });
}

function parsed(text: string): Readonly<Record<string, Json>> {
  let json: Json;
  try {
    json = JSON.parse(text) as Json;
  } catch {
    throw unreadable('This is not a snapshot: it is not JSON.');
  }
  if (json === null || typeof json !== 'object' || Array.isArray(json)) throw unreadable('This is not a snapshot.');
  return json as Readonly<Record<string, Json>>;
}

/** What was decoded, or null: an edited file may hold anything. */
function decoded(json: Json): Snapshot | null {
  try {
    const { checksum, ...rest } = decode(json) as Snapshot;
    return checksumOf(rest) === checksum ? { ...rest, checksum } : null;
  } catch {
    return null;
  }
}

/**
 * Reads a snapshot. Throws SchemactlError 65 for text that is not JSON, no snapshot, of another format,
 * or edited since it was written.
 */
export function decodeSnapshot(text: string): Snapshot {
  const json = parsed(text);
  const { formatVersion, kind } = json;
  if (formatVersion === undefined) throw unreadable('This is not a snapshot: it has no formatVersion.');
  if (kind !== 'snapshot')
    throw unreadable(`This is not a snapshot${kind === 'apply' || kind === 'rollback' ? ' but a plan' : ''}.`);
  if (formatVersion !== 1) {
    throw unreadable(
      `This snapshot has format ${JSON.stringify(formatVersion)}; this schemactl reads format 1.`,
      'Take it again with this version of schemactl.',
    );
  }
  const snapshot = decoded(json);
  if (snapshot === null) {
    throw unreadable(
      'This snapshot was changed after it was taken: its checksum does not match.',
      'Take it again; a snapshot is not edited by hand.',
    );
  }
  return snapshot;
}
