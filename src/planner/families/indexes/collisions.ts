import { exitCodes, SchemactlError } from '../../../errors.ts';
import type { Change, ChangeOf } from '../../change.ts';
import type { NamedIndex } from '../../operation.ts';
import { sameSignature } from '../../routes.ts';

type IndexChange = ChangeOf<'index'>;

/** Before 5.0 a key has one index, so what could be in the way there is the change's own; see the signature in `options.ts`. */
const wideSignature = '5.0.0';

const builds = (change: IndexChange): boolean => change.before === null || change.route !== 'in-place';
const removes = (change: IndexChange): boolean => change.after === null || change.route !== 'in-place';

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
      (other.before.name === after.name || sameSignature(other.before, after, wideSignature)),
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

/**
 * Throws SchemactlError 20 where the server could not hold what is declared beside an unmanaged index,
 * or where indexes exchange their names: found before anything is dropped.
 */
export function assertPossible(changes: readonly Change[], unmanaged: readonly NamedIndex[], version: string): void {
  const built = changes.filter((change): change is IndexChange => change.kind === 'index' && change.after !== null);
  for (const change of built) {
    const { after, address } = change;
    const twin = unmanaged.find(
      (other) => after !== null && (other.name === after.name || sameSignature(other, after, version)),
    );
    if (twin !== undefined) {
      throw refuse(
        `"${address}" cannot be built beside the index "${twin.name}", which is not declared and to the server is the same index.`,
        `Drop "${twin.name}" by hand, or declare the index without a name: then "${twin.name}" is adopted.`,
      );
    }
    assertNoCircle(change, changes, [change]);
  }
}
