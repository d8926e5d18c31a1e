import { canonicalValidator } from '../../../state/canonical/validator.ts';
import { type Doc, docOf, type Value } from '../../../state/value.ts';
import { plural } from '../../../state/words.ts';
import type { Change, ChangeOf } from '../../change.ts';
import type { Note, Violation } from '../../contract.ts';
import type { CommandOperation, Operation } from '../../operation.ts';
import { type Answer, counted } from '../../questions.ts';
import { stagesAhead } from '../fields/order.ts';
import { canonical } from '../../../state/encode.ts';
import {
  type CountedHazard,
  creationOf,
  dropKey,
  exactly,
  type Family,
  isCreated,
  isDropped,
  pointer,
  type PlanContext,
} from '../family.ts';
import { refuses } from './refuses.ts';

type ValidatorChange = ChangeOf<'validator'>;

export function sameValidator(a: Doc | null, b: Doc | null): boolean {
  return canonical(canonicalValidator(a)) === canonical(canonicalValidator(b));
}

/** Removing one leaves level and action listed for ever, so they are written back to their defaults. */
export function setValidator(collection: string, validator: Doc | null): CommandOperation {
  return {
    kind: 'command',
    on: 'database',
    body: docOf({
      collMod: collection,
      validator: validator?.get('rule') ?? docOf({}),
      validationLevel: validator?.get('level') ?? 'strict',
      validationAction: validator?.get('action') ?? 'error',
    }),
    done: { kind: 'validator-is', collection, validator },
  };
}

type DataChange = ChangeOf<'edit'> | ChangeOf<'restore'>;

function dataOf(collection: string, others: readonly Change[]): readonly DataChange[] {
  return others.filter(
    (other): other is DataChange =>
      (other.kind === 'edit' || other.kind === 'restore') && other.collection === collection,
  );
}

/** Documents that fail the validator once everything before it is done; `$nor` takes the whole rule (seen on 4.4 to 6.0). */
function failingPipeline({ collection, after }: ValidatorChange, changes: readonly Change[]): readonly Value[] {
  const rule = after?.get('rule') ?? docOf({});
  return [...stagesAhead(collection, changes), docOf({ $match: docOf({ $nor: [rule] }) }), ...counted];
}

/** Every document is held to it: level strict and action error. */
const isStrict = (validator: Doc | null): boolean => refuses(validator) && validator.get('level') === 'strict';

function failing(change: ValidatorChange, { facts, changes }: PlanContext): Answer | null {
  if (change.after === null || change.after.get('level') === 'off') return null;
  if (isCreated(change.collection, changes) || change.ownWork) return null;
  const answer = facts?.answers.get(change.address);
  return answer === undefined || answer.count === 0 ? null : answer;
}

function violations(change: ValidatorChange, context: PlanContext): readonly Violation[] {
  const found = isStrict(change.after) ? failing(change, context) : null;
  if (found === null) return [];
  const message = `${plural(found.count, 'document')} fail${found.count === 1 ? 's' : ''} it`;
  return [{ code: 'validator', address: change.address, message, count: found.count, sample: found.sample }];
}

function hazards(change: ValidatorChange, context: PlanContext): readonly CountedHazard[] {
  const { address, after } = change;
  if (change.reason === 'unmanaged') {
    return [{ code: 'unmanaged-prune', address, message: 'a validator that nobody declared is removed' }];
  }
  const found = refuses(after) && !isStrict(after) ? failing(change, context) : null;
  if (found === null) return [];
  const message = `${plural(found.count, 'document')} fail${found.count === 1 ? 's' : ''} it: each can be changed as it is, but once it is valid never back`;
  return [
    {
      code: 'tighten-validator',
      address,
      message,
      count: found.count,
      recount: failingPipeline(change, context.changes),
    },
  ];
}

function notes(change: ValidatorChange, context: PlanContext): readonly Note[] {
  const found = refuses(change.after) ? null : failing(change, context);
  if (found === null) return [];
  const message = `${plural(found.count, 'document')} fail${found.count === 1 ? 's' : ''} it; writes to them are logged by the server, not refused`;
  return [{ code: 'validator-warns', address: change.address, message }];
}

/** What must find nothing before a strict validator, and again after it, when nothing new can fail any more. */
function lowerOne(change: ValidatorChange, { changes }: PlanContext): readonly Operation[] {
  const { collection, address, before, after } = change;
  const set = setValidator(collection, after);
  if (!isStrict(after) || change.ownWork) return [set];
  const pipeline = failingPipeline(
    { ...change },
    changes.filter(({ kind }) => kind !== 'edit'),
  );
  const look = {
    kind: 'assert',
    collection,
    address,
    code: 'validator',
    approved: null,
    pipeline,
    collation: null,
  } as const;
  return [{ ...look, otherwise: null }, set, { ...look, otherwise: setValidator(collection, before) }];
}

/**
 * A validator that refuses comes after the passes that make documents fit it, and goes before those that take fields
 * out again; one that refuses nothing comes before any of them.
 */
export function validatorFirst({ before, after }: ValidatorChange): boolean {
  return !refuses(after) || refuses(before);
}

export const validatorFamily: Family<ValidatorChange> = {
  needs(change, others) {
    const created = creationOf(change.collection, others);
    const data = dataOf(change.collection, others);
    const comesAfter = data.filter(({ kind }) => (kind === 'edit' ? refuses(change.after) : !validatorFirst(change)));
    return [...created, ...comesAfter];
  },

  /** Of a collection that is not there yet too: the server then says at least whether it knows such a rule. */
  questions(change, { changes }) {
    const { after, collection, address } = change;
    if (after === null || change.ownWork) return [];
    const pipeline = failingPipeline(change, changes);
    return [{ id: address, collection, pipeline, mayEstimate: !isStrict(after), blames: address }];
  },

  review(change, context) {
    const { before, after } = change;
    const action = before === null ? 'create' : after === null ? 'delete' : 'update';
    return {
      action,
      kind: after === null ? 'removeValidator' : 'setValidator',
      route: action === 'update' ? 'in-place' : null,
      before,
      after,
      hazards: isDropped(change.collection, context.changes) ? [] : hazards(change, context),
      violations: violations(change, context),
      notes: notes(change, context),
      estimate: null,
      reversal: exactly(),
    };
  },

  patch({ collection, after }) {
    return [{ op: 'replace', path: pointer('collections', collection, 'validator'), value: after }];
  },

  unitKey: ({ collection, address }, others) =>
    isDropped(collection, others) ? dropKey(collection) : `change ${address}`,

  lower: (changes, context) =>
    changes.flatMap(({ change }) => (isDropped(change.collection, context.changes) ? [] : lowerOne(change, context))),
};
