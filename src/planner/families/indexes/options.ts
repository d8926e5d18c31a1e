import { equalValues, type Value } from '../../../state/value.ts';

/** How the server takes a change of one option. */
export interface IndexOption {
  /** Two indexes that differ in it may coexist, from this server version on; null: never. */
  readonly inSignatureSince: string | null;
  /** collMod changes it in place, from this server version on, where `inPlace` allows; null: never. */
  readonly collModSince: string | null;
  /** Whether collMod can bring one value to the other; undefined stands for an absent option. */
  readonly inPlace: (before: Value | undefined, after: Value | undefined) => boolean;
  /** What collMod is sent for an absent option. */
  readonly absent: Value | null;
  /** How a person says it. */
  readonly wording: (value: Value) => string;
}

const never = (): boolean => false;
const plain = (value: Value): string => (value === true ? '' : ' …');

/**
 * One row an option (manual "createIndexes", "collMod"; signature: server 5.0, key and collation alone before).
 * An option without a row is kept and compared as it is listed, and rebuilt to change.
 */
export const indexOptions: Readonly<Record<string, IndexOption>> = {
  unique: { inSignatureSince: '5.0.0', collModSince: null, inPlace: never, absent: null, wording: () => 'unique' },
  sparse: { inSignatureSince: '5.0.0', collModSince: null, inPlace: never, absent: null, wording: () => 'sparse' },
  hidden: {
    inSignatureSince: null,
    collModSince: '4.4.0',
    inPlace: () => true,
    absent: false,
    wording: () => 'hidden',
  },
  expireAfterSeconds: {
    inSignatureSince: null,
    collModSince: '4.4.0',
    inPlace: (before, after) => before !== undefined && after !== undefined,
    absent: null,
    wording: (value) => `TTL ${typeof value === 'object' && value !== null && 'text' in value ? value.text : ''} s`,
  },
  partialFilterExpression: {
    inSignatureSince: '5.0.0',
    collModSince: null,
    inPlace: never,
    absent: null,
    wording: () => 'partial',
  },
  wildcardProjection: {
    inSignatureSince: '5.0.0',
    collModSince: null,
    inPlace: never,
    absent: null,
    wording: () => 'with projection',
  },
  collation: { inSignatureSince: '4.4.0', collModSince: null, inPlace: never, absent: null, wording: () => 'collated' },
};

const unknownOption: IndexOption = {
  inSignatureSince: null,
  collModSince: null,
  inPlace: never,
  absent: null,
  wording: plain,
};

export function optionRow(name: string): IndexOption {
  return indexOptions[name] ?? unknownOption;
}

/** Names of the options in which two indexes differ, sorted. */
export function differingOptions(
  before: Readonly<Record<string, Value>>,
  after: Readonly<Record<string, Value>>,
): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].sort().filter((name) => {
    const [old, wanted] = [before[name], after[name]];
    return old === undefined || wanted === undefined || !equalValues(old, wanted);
  });
}
