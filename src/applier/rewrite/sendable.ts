import { exactWhole, idIn, unsendable } from '../../database/exact.ts';
import { exitCodes, SchemactlError } from '../../errors.ts';
import type { Edit } from '../../planner/operation.ts';
import type { Part } from '../../planner/rewrite/held.ts';
import type { ChangedGroup } from '../../planner/rewrite/record.ts';
import { canonical } from '../../state/encode.ts';
import { type Doc, isDoc, isRawHolder, isList, isScalar, type Value } from '../../state/value.ts';

const idsShown = 5;

const idsIn = (ids: readonly Value[]): string =>
  `Ids: ${ids.slice(0, idsShown).map(canonical).join(', ')}${ids.length > idsShown ? ', …' : ''}`;

/** Documents to be sent whole. Throws SchemactlError for those that the driver cannot send as the bytes that they are. */
export function wholeDocuments(collection: string, found: readonly Uint8Array[]): readonly Doc[] {
  const wholes = found.map(exactWhole);
  const types = wholes.map(unsendable);
  const type = types.find((one) => one !== null);
  if (type !== undefined)
    throw new SchemactlError(`Documents of "${collection}" hold what cannot be copied byte for byte: ${type}.`, {
      code: 'SCH6501',
      exitCode: exitCodes.failed,
      details: [`The collection is as it was. ${idsIn(found.filter((_, at) => types[at] === type).map(idIn))}`],
      next: ['Convert or remove these values, then apply again.'],
    });
  return wholes.filter(isDoc);
}

function notSendable(collection: string, type: string, ids: readonly Value[]): SchemactlError {
  return new SchemactlError(`Documents of "${collection}" hold what could not be given back byte for byte: ${type}.`, {
    code: 'SCH6501',
    exitCode: exitCodes.failed,
    details: [`Nothing was changed in the batch that holds them. ${idsIn(ids)}`],
    next: ['Convert or remove these values, or leave the field as it is, then resume; or take the run back.'],
  });
}

/** Throws SchemactlError for values that the undo data would hold and the driver cannot send back as they are. */
export function assertSendable(collection: string, groups: readonly ChangedGroup[]): void {
  const found = new Map<string, Value[]>();
  for (const { ids, edits } of groups) {
    for (const column of [ids, ...edits.flatMap(({ before, after }) => [before ?? [], after ?? []])]) {
      for (const [at, value] of column.entries()) {
        const type = unsendable(value);
        if (type !== null) found.set(type, [...(found.get(type) ?? []), ids[at] ?? null]);
      }
    }
  }
  const [first] = found;
  if (first !== undefined) throw notSendable(collection, first[0], first[1]);
}

/** Whether a path leads through an object or array that is kept as bytes: what an edit does in there cannot be told. */
function leadsThroughRaw(value: Value | undefined, rest: Edit['path']): boolean {
  const [step, ...further] = rest;
  if (step === undefined || value === undefined) return false;
  if (isScalar(value)) return isRawHolder(value);
  if (step === null) return isList(value) && value.some((item) => leadsThroughRaw(item, further));
  return isDoc(value) && leadsThroughRaw(value.get(step), further);
}

/** Throws SchemactlError for documents in which an edit puts an object together anew that it would not give back. */
export function assertTold(
  collection: string,
  edits: readonly Edit[],
  documents: readonly { readonly before: Part; readonly after: Part }[],
): void {
  const same = (a: Doc, b: Doc, name: string): boolean =>
    canonical(a.get(name) ?? null) === canonical(b.get(name) ?? null);
  const ids = documents
    .filter(({ before, after }) =>
      edits.some(
        ({ path: [root, ...rest] }) =>
          leadsThroughRaw(before.fields.get(root ?? ''), rest) && !same(before.fields, after.fields, root ?? ''),
      ),
    )
    .map(({ before }) => before.id);
  if (ids.length > 0) throw notSendable(collection, 'object (a name twice, or not UTF-8)', ids);
}
