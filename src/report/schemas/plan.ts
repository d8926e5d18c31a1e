import { hazardCodes } from '../../planner/contract.ts';
import type { JsonSchema } from '../../state/language/schema.ts';
import {
  address,
  any,
  constant,
  count,
  document,
  flag,
  id,
  list,
  orNull,
  records,
  number,
  shape,
  text,
  texts,
  version,
  words,
} from './shape.ts';

const hazard = shape(
  'What it may do to data or indexes; it blocks until it is allowed by name.',
  { code: words('Which hazard.', hazardCodes), address, message: text('What happens.') },
  { count: count('Documents concerned, where they can be counted.') },
);
const violation = shape('What the data forbids today.', {
  code: text('Which violation.'),
  address,
  message: text('What is wrong.'),
  count: count('Documents concerned.'),
  sample: list(id, 'Up to five ids.'),
});
const note = shape('Worth knowing; it never blocks.', { code: text('Which note.'), address, message: text('What.') });

const reversal: JsonSchema = {
  description: 'How far a step can be taken back.',
  oneOf: [
    shape('Exactly.', { kind: constant('exact'), undoBytes: count('Undo data, in bytes.') }),
    shape('All but something.', {
      kind: constant('lossy'),
      lost: text('What is lost.'),
      undoBytes: count('Undo data.'),
    }),
    shape('Not at all.', { kind: constant('impossible'), reason: text('Why.') }),
  ],
};

const stepRef = shape('A step of a recorded run.', {
  run: count('Which run.'),
  unit: text('Its unit.'),
  step: text('Its step.'),
});

const patch = list(
  shape(
    'One operation of RFC 6902 on the state document.',
    { op: words('What is done.', ['add', 'remove', 'replace', 'move', 'copy', 'test']), path: text('A JSON pointer.') },
    { value: any('The value, for add, replace and test.'), from: text('A JSON pointer, for move and copy.') },
  ),
  'What the step does to the structure.',
);

const step = shape('One object, one change: what people review.', {
  id: text('s1, s2, …'),
  address,
  collection: text('Its collection.'),
  action: words('What is done to the object.', ['create', 'update', 'replace', 'delete', 'write']),
  kind: text('The same in one word: createIndex, backfill.'),
  change: text('What kind of change it is.'),
  route: orNull(words('Which way, where there is a choice.', ['in-place', 'swap', 'bridge', 'gap'])),
  reason: shape('Why.', { code: text('not-in-database, no-longer-declared, …') }),
  dependsOn: texts('Ids of the steps that come before.'),
  source: orNull(text('file:line of the declaration.')),
  milestone: orNull(text('Its milestone.')),
  before: any('The object as it is; null: there is none.'),
  after: any('The object as it will be; null: it goes.'),
  patch,
  hazards: list(hazard, 'Those of this step.'),
  violations: list(violation, 'Those of this step.'),
  notes: list(note, 'Those of this step.'),
  estimate: orNull(
    shape(
      'What it takes.',
      {
        documents: count('Documents that it writes, or that an index build reads.'),
        exact: flag('False where they were estimated, or not counted.'),
        bytes: number('How much is written.'),
      },
      { seconds: number('How long it is expected to take.') },
    ),
  ),
  reversal,
  reverts: list(stepRef, 'The recorded steps that it takes back.'),
});

const operation: JsonSchema = {
  description: 'What runs, as data.',
  oneOf: [
    shape('A server command.', {
      kind: constant('command'),
      on: words('Where it is sent.', ['database', 'admin']),
      body: any('The command.'),
      done: any('A read that tells whether it took effect.'),
    }),
    shape('A pass over documents.', {
      kind: constant('rewrite'),
      collection: text('Of which collection.'),
      scope: any('Which documents.'),
      edits: list(
        shape('One field change.', {
          step: text('Its step.'),
          path: list(orNull(text('A name.')), 'Where; null: each item.'),
          action: any('What is done.'),
        }),
        'What is done to each.',
      ),
      undo: flag('Whether undo data are kept.'),
      mode: words('How batches are written.', ['transaction', 'plain']),
    }),
    shape(
      'A read that must find nothing.',
      {
        kind: constant('assert'),
        collection: text('Of which collection.'),
        address,
        code: text('The violation that it would be.'),
        pipeline: list(any('A stage.'), 'What is asked.'),
        collation: any('Under which text is compared.'),
        otherwise: any('What is done first where it finds something.'),
        approved: orNull(count('How many documents a hazard concerned when it was approved.')),
      },
      { screens: list(list(any('A stage.'), 'Cheaper stages.'), 'What is asked first.') },
    ),
    shape('A copy within the server.', {
      kind: constant('copy'),
      from: text('The collection.'),
      to: text('The new one.'),
      trash: text('Where the old one goes.'),
      seal: any('What makes writes to the old one fail.'),
      unseal: any('What takes that back.'),
      create: any('How the new one is made.'),
      indexes: list(any('An index.'), 'What is built in it.'),
      collation: any('Under which ids are told apart.'),
      inServer: flag('Whether the server itself copies.'),
      mayLose: flag('Whether a cap may leave documents out.'),
    }),
  ],
};

const selection = shape('What was selected from the schema.', {
  only: texts('--only'),
  exclude: texts('--exclude'),
  milestone: orNull(text('--milestone')),
  through: orNull(text('--through')),
});

export const target = shape('The database that it is for.', {
  database: text('Its name.'),
  server: text('The version of the server.'),
  topology: text('standalone, replicaSet NAME, mongos.'),
  identity: text('Of this very database, not of a copy.'),
});

const ledgerEntry = shape('What is remembered of a managed address.', {
  address,
  collection: text('Its collection.'),
  kind: words('What it is.', ['collection', 'validator', 'index', 'field', 'link', 'check']),
  definition: text('The declaration as canonical text.'),
  live: orNull(text('The name on the server, of an index.')),
  milestone: orNull(text('Its milestone.')),
});

export const ledger = list(ledgerEntry, 'What is remembered, by address.');

export const planSchema = document(
  'schemactl plan file, format 1',
  shape(
    'What apply would do, as canonical JSON: the contract between plan, reviewers and apply.',
    {
      ...version,
      tool: text('What made it.'),
      createdAt: text('When, ISO 8601.'),
      kind: words('What it is for.', ['apply', 'rollback']),
      target,
      desired: text('Fingerprint of what is wanted.'),
      selection,
      checkData: words('How the data was asked.', ['full', 'fast', 'none']),
      noop: flag('There is nothing to do.'),
      allow: texts('Hazards that were allowed while planning.'),
      summary: shape('How many steps do what.', {
        create: count('Create.'),
        update: count('Change.'),
        replace: count('Replace.'),
        delete: count('Drop.'),
        write: count('Write documents.'),
        unmanaged: count('Live objects that nobody declared.'),
      }),
      unchanged: count('Declared objects that need nothing.'),
      documents: records('Documents by collection.', count('How many.')),
      preconditions: list(
        shape('What the plan relies on.', {
          collection: text('Of which collection.'),
          uuid: orNull(text('Its UUID.')),
          fingerprint: text('Of its structure.'),
          parts: records('The same, part by part.', text('Fingerprint.')),
          applied: text('Of what was applied to it.'),
        }),
        'What makes it stale where it has changed.',
      ),
      hazards: list(hazard, 'All of them.'),
      recounts: list(
        shape('How a hazard is counted again just before the plan runs.', {
          code: text('Which hazard.'),
          address,
          collection: text('Where.'),
          count: count('As it was counted.'),
          pipeline: list(any('A stage.'), 'How.'),
        }),
        'What is counted again.',
      ),
      violations: list(violation, 'All of them.'),
      notes: list(note, 'All of them.'),
      unmanaged: texts('Live objects that nobody declared.'),
      settled: list(
        shape('What is declared of documents, and had nothing to do in any of them.', {
          address,
          collection: text('Of which collection.'),
          path: list(orNull(text('A name.')), 'Where; null: each item.'),
          action: any('What is done.'),
        }),
        'Recorded without a step; documents that come meanwhile are late.',
      ),
      ownership: shape('What is managed from now on, and no longer.', {
        adopt: texts('From now on.'),
        release: texts('No longer.'),
      }),
      ledger,
      reverts: list(stepRef, 'The recorded steps that this plan takes back.'),
      steps: list(step, 'What people review, in order.'),
      units: list(
        shape('What runs and is journalled as one.', {
          id: text('u1, u2, …'),
          collection: text('Where.'),
          steps: texts('Ids of its steps.'),
          operations: list(operation, 'What runs, in order.'),
        }),
        'What runs, in order; a step is done when all its units are.',
      ),
      checksum: text('Over all but itself and createdAt.'),
    },
    {
      signature: text('HMAC-SHA-256 under SCHEMACTL_PLAN_KEY over the plan without it; in a file of plan --out alone.'),
    },
  ),
);
