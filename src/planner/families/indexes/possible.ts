import { exitCodes, SchemactlError } from '../../../errors.ts';
import type { Change, ChangeOf } from '../../change.ts';
import type { NamedIndex } from '../../operation.ts';
import { since } from '../../versions.ts';
import { isText } from '../../../state/canonical/text.ts';
import { sameSignature } from './canonical.ts';
import { optionRow } from './options.ts';
import { againstSeries } from './series.ts';
import type { IndexPair } from './pair.ts';
import { excluding } from '../../../state/words.ts';

type IndexChange = ChangeOf<'index'>;

export const builds = (change: IndexChange): boolean => change.before === null || change.route !== 'in-place';
export const removes = (change: IndexChange): boolean => change.after === null || change.route !== 'in-place';

/** The name taken (86), the same signature (85), or a second text index (67). */
const standsAgainst = (live: NamedIndex, after: NamedIndex, version: string): boolean =>
  live.name === after.name || sameSignature(live, after, version) || (isText(live) && isText(after));

/** Index changes that must go first because what they take away stands in the way: the same name (86), or signature (85). */
export function inTheWay(change: IndexChange, others: readonly Change[]): readonly IndexChange[] {
  const { after } = change;
  if (after === null || !builds(change)) return [];
  return others.filter(
    (other): other is IndexChange =>
      other.kind === 'index' &&
      other !== change &&
      other.collection === change.collection &&
      other.before !== null &&
      removes(other) &&
      standsAgainst(other.before, after, change.version),
  );
}

function refuse(message: string, ...next: readonly string[]): SchemactlError {
  return new SchemactlError(message, { code: 'SCH2009', exitCode: exitCodes.blocked, next });
}

function assertNoCircle(change: IndexChange, changes: readonly Change[], path: readonly IndexChange[]): void {
  for (const other of inTheWay(change, changes)) {
    if (path.includes(other)) {
      const names = [...new Set([...path, change].map(({ address }) => `"${address}"`))].join(' and ');
      throw refuse(
        `${names} change places, and neither can be built before the other goes.`,
        'Do it in two applies: first under other names.',
      );
    }
    assertNoCircle(other, changes, [...path, other]);
  }
}

/** A TTL on a capped collection: refused from 6.0 (67), and by every collMod (72). */
function assertNotCapped({ address, after, route, before }: IndexChange, version: string): void {
  if (after?.options['expireAfterSeconds'] === undefined) return;
  const isModified = before !== null && route === 'in-place';
  if (isModified || since(version, '6.0.0')) {
    throw refuse(
      `"${address}" cannot be: documents of a capped collection do not expire.`,
      `Leave expireAfterSeconds out, or go on without it: ${excluding([address])}`,
    );
  }
}

function assertInSeries(change: IndexChange): void {
  const { address, after, series, version } = change;
  const reason = series !== null && after !== null && builds(change) ? againstSeries(after, series, version) : null;
  if (reason !== null) {
    throw refuse(`"${address}" cannot be: ${reason}.`, `Leave it out, or go on without it: ${excluding([address])}`);
  }
}

/** Throws SchemactlError 20 where this server calls two declared indexes the same: before 5.0 one key has one index (85). */
export function assertNoTwins(pairs: readonly IndexPair[], version: string): void {
  for (const [at, { wanted, address }] of pairs.entries()) {
    const twin = pairs.slice(at + 1).find((other) => sameSignature(wanted, other.wanted, version));
    if (twin === undefined) continue;
    throw refuse(
      `"${address}" and "${twin.address}" are the same index to MongoDB ${version}, which holds only one of them.`,
      'Declare one of them; from 5.0 on indexes that differ in unique, sparse, filter or projection may stand side by side.',
    );
  }
}

/** Throws SchemactlError 20 for an option, or a value of one, that this server does not take. */
function assertKnown({ after, address }: IndexChange, version: string): void {
  for (const [name, value] of Object.entries(after?.options ?? {})) {
    const gate = optionRow(name).since(value);
    if (gate === null || since(version, gate)) continue;
    throw refuse(
      `"${address}" needs MongoDB ${gate}: this server (${version}) does not take its ${name}.`,
      `Declare it in a form that ${version} takes, or go on without it: ${excluding([address])}`,
    );
  }
}

/**
 * Throws SchemactlError 20 where the server could not hold what is declared beside an unmanaged index,
 * or where indexes exchange their names: found before anything is dropped.
 */
export function assertPossible(
  changes: readonly Change[],
  {
    unmanaged,
    version,
    capped,
  }: {
    readonly unmanaged: readonly NamedIndex[];
    readonly version: string;
    readonly capped: boolean;
  },
): void {
  const built = changes.filter((change): change is IndexChange => change.kind === 'index' && change.after !== null);
  for (const change of built) {
    const { after, address } = change;
    assertKnown(change, version);
    if (capped) assertNotCapped(change, version);
    assertInSeries(change);
    const twin = unmanaged.find((other) => after !== null && standsAgainst(other, after, version));
    if (twin !== undefined) {
      throw refuse(
        `"${address}" cannot be built beside the index "${twin.name}", which is not declared: to the server it is the same index, or the only one of its kind.`,
        `Declare "${twin.name}" too, with absent: true if it is to go; an equal index that is declared without a name is adopted.`,
      );
    }
    assertNoCircle(change, changes, [change]);
  }
}
