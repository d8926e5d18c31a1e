import {
  address,
  any,
  constant,
  count,
  document,
  flag,
  id,
  list,
  number,
  orNull,
  records,
  severity,
  shape,
  text,
  texts,
  version,
  words,
} from './shape.ts';
import { ledger, target } from './plan.ts';

const known = { rule: text('Which rule.'), address, count: count('Documents.') };

export const checkSchema = document(
  'schemactl check, format 1',
  shape('The documents that break the rules of the schema.', {
    ...version,
    database: text('Which one.'),
    summary: shape('New findings by severity.', {
      critical: count('Critical.'),
      high: count('High.'),
      medium: count('Medium.'),
      low: count('Low.'),
      known: count('Known from before, of any severity.'),
    }),
    rules: count('Rules that were looked at.'),
    sampled: orNull(count('The most documents of a collection that were looked at; null: all.')),
    failed: list(
      shape('A named check that the server could not answer: the command exits 1.', {
        rule: text('Its name.'),
        address,
        severity,
        source: orNull(text('Where it is declared.')),
        code: text('SCH1003'),
        message: text('Why, without any value of a document.'),
      }),
      'Nothing is known of these.',
    ),
    missing: texts('Declared collections that do not exist, of which nothing can be said.'),
    findings: list(
      shape('A rule that documents break.', {
        ...known,
        severity,
        was: orNull(count('Documents of an earlier look, where there are more now.')),
        exact: flag('False where the count was estimated.'),
        share: number('Of the documents of the collection, from 0 to 1.'),
        sample: list(id, 'Up to five ids.'),
        known: flag('Whether it was known before.'),
        message: text('What is wrong.'),
        fix: text('How to mend it.'),
        query: orNull(text('What lists all of these documents in mongosh, of a named check.')),
      }),
      'Worst first.',
    ),
    gone: list(shape('A finding of before.', known), 'What is found no longer.'),
  }),
);

const side = shape('A side.', { kind: words('What it is.', ['schema', 'snapshot', 'live']), name: text('Which one.') });

export const diffSchema = document(
  'schemactl diff, format 1',
  shape('In what two structures differ.', {
    ...version,
    a: side,
    b: side,
    summary: shape('How many.', {
      added: count('Only in b.'),
      removed: count('Only in a.'),
      changed: count('In both.'),
    }),
    differences: list(
      shape('An object that differs.', {
        address,
        kind: words('What it is.', ['collection', 'options', 'validator', 'index']),
        change: words('How.', ['added', 'removed', 'changed']),
        parts: texts('What differs of it.'),
        a: any('As it is on one side.'),
        b: any('As it is on the other.'),
      }),
      'By address.',
    ),
  }),
);

export const snapshotSchema = document(
  'schemactl snapshot, format 1',
  shape('The structure of a database at one time, without documents.', {
    ...version,
    kind: constant('snapshot'),
    tool: text('What made it.'),
    createdAt: text('When, ISO 8601.'),
    target,
    structure: any('The state document that the patches of a plan apply to.'),
    uuids: records('Of the collections.', text('As hex.')),
    ledger,
    checksum: text('Over all but itself and createdAt.'),
  }),
);

const createRoles = list(
  { type: 'object', required: ['createRole', 'privileges', 'roles'] },
  'createRole commands, smallest first.',
);

export const grantsSchema = document(
  'schemactl grants, format 1',
  shape(
    'The minimal roles.',
    {
      ...version,
      database: text('Which one.'),
      commands: createRoles,
    },
    {
      records: shape('Where the environment names a state database.', {
        database: text('The state database.'),
        commands: createRoles,
      }),
    },
  ),
);

export const validateSchema = document(
  'schemactl validate, format 1',
  shape('Schema files in which nothing is wrong.', {
    ...version,
    valid: { const: true, description: 'What is wrong is an error.' },
    files: count('How many.'),
    holds: text('What they declare, in words.'),
  }),
);

export const initSchema = document(
  'schemactl init, format 1',
  shape(
    'What was written.',
    { ...version, files: texts('Paths.') },
    {
      database: text('What was imported.'),
      refused: list(
        shape('What cannot be declared.', { address, message: text('Why.'), file: text('Where its comment is.') }),
        'Left as it is.',
      ),
      differing: texts('What a plan from these files would change.'),
    },
  ),
);

const explainedMembers = {
  code: text('The code.'),
  title: text('A few words.'),
  kind: text('What it is, and its exit code.'),
};

export const explainSchema = document('schemactl explain, format 1', {
  description: 'What a code means, or all codes.',
  oneOf: [
    shape('One.', { ...version, ...explainedMembers, what: text('What it means.'), next: texts('What to do.') }),
    shape('All.', { ...version, codes: list(shape('One.', explainedMembers), 'Kind by kind.') }),
  ],
});
