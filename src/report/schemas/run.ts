import type { JsonSchema } from '../../state/language/schema.ts';
import {
  address,
  constant,
  count,
  document,
  flag,
  list,
  number,
  orNull,
  shape,
  text,
  texts,
  version,
  words,
} from './shape.ts';

const kind = words('What the run is for.', ['apply', 'rollback']);
const unit = text('The unit, as in the plan.');
const steps = shape('Steps of the run.', { done: count('Done.'), left: count('Not done.') });

const event = (name: string, description: string, members: Readonly<Record<string, JsonSchema>>): JsonSchema =>
  shape(description, { event: constant(name), ...members });

const error = shape('What went wrong.', {
  code: text('A stable code: schemactl explain CODE.'),
  message: text('One sentence; of files, every finding with its lines.'),
  next: texts('What to do now.'),
  details: texts('More facts.'),
});

export const errorSchema = document(
  'schemactl error',
  shape('What every command prints with --format json where it fails.', { error }),
);

export const eventSchema: JsonSchema = {
  ...document('schemactl event', {
    description: 'One line of apply, rollback and resume with --format json; the last one is done.',
  }),
  oneOf: [
    event('lock', 'The lock was taken.', {
      run: orNull(count('The run.')),
      leaseSeconds: number('How long it stands without a sign of life.'),
      takenOverFrom: orNull(text('Who held it before.')),
    }),
    event('settled', 'A run that was cut off is gone on with, or closed.', {
      run: count('That run.'),
      outcome: words('What became of it.', ['continued', 'closed']),
      message: text('The same in words.'),
    }),
    event('run', 'The run is open.', {
      run: count('Its number.'),
      kind,
      steps: count('Its steps.'),
      resumes: flag('Again.'),
    }),
    event('unit-started', 'A unit begins.', {
      unit,
      title: text('What it is.'),
      steps: texts('Addresses.'),
      documents: orNull(count('Documents to write.')),
    }),
    event('progress', 'A batch is committed.', {
      unit,
      documents: count('Documents so far.'),
      total: orNull(count('Of how many.')),
      perSecond: number('How fast.'),
      batch: count('Documents of the last batch.'),
      rested: number('Seconds that were rested after it.'),
    }),
    event('throttled', 'The server is given room.', { unit, reason: text('Why.') }),
    event('waiting', 'Something takes its time.', { message: text('What is waited for, and who does not answer.') }),
    event('unit-done', 'The unit is done and in the journal.', {
      unit,
      title: text('What it was.'),
      documents: orNull(count('Documents written.')),
      seconds: number('How long it took.'),
    }),
    event('warning', 'Worth knowing.', { code: text('Which warning.'), address, message: text('What.') }),
    event('done', 'The end.', {
      run: orNull(count('Null where no run was made.')),
      outcome: words('How it ended.', [
        'noop',
        'recorded',
        'applied',
        'interrupted',
        'failed',
        'partial',
        'unverified',
      ]),
      exitCode: count('Of the command.'),
      steps,
      late: orNull(count('Documents that came late; null where they could not be counted.')),
      seconds: number('How long it took.'),
      documents: count('Documents written.'),
      irreversible: texts('Addresses for which nothing was kept to take them back with.'),
    }),
    shape('A failure; done comes after it.', { error }),
  ],
};

const runMembers = {
  run: count('Its number, from 1.'),
  kind,
  state: words('What became of it.', ['opening', 'running', 'interrupted', 'partial', 'applied', 'failed', 'closed']),
  by: text('The user.'),
  host: text('The machine.'),
  commit: orNull(text('The commit that was deployed.')),
  tool: text('What ran.'),
  startedAt: text('ISO 8601.'),
  endedAt: orNull(text('ISO 8601; null while it runs.')),
  steps: shape('Its steps.', { done: count('Done.'), total: count('All.') }),
  documents: count('Documents written.'),
  late: orNull(count('Documents that came late; null where they could not be counted.')),
  continues: orNull(count('The run whose work it goes on with.')),
  message: orNull(text('What ended it.')),
  purgedAt: orNull(text('ISO 8601, when what it kept was forgotten; null: it was not.')),
  purgedBy: orNull(text('By whom.')),
};
const run = shape('A run.', runMembers);

const wayBack = words('What can still be taken back.', [
  'possible',
  'partly',
  'with-later',
  'taken-back',
  'purged',
  'impossible',
  'nothing',
]);
const toldRun = {
  ...runMembers,
  wayBack,
  takenBackBy: orNull(count('The rollback that took it back.')),
  blocked: texts('Addresses for which nothing is kept, or that later runs changed.'),
  laterRuns: list(
    count('A run.'),
    'Those that changed something of it since: it can be taken back together with them.',
  ),
};

export const owner = shape('Who changes the database.', {
  id: text('Unique to one try; unlock takes it.'),
  host: text('The machine.'),
  pid: count('The process.'),
  user: text('The user.'),
  link: orNull(text('A link to the job, where there is one.')),
  session: orNull(text('The session of its transactions.')),
  run: orNull(count('The run that it is at work on; null before one is opened.')),
});

const part = {
  state: words('Where it stands.', ['completed', 'pending', 'partial', 'drifted']),
  done: count('Objects done.'),
  total: count('All objects.'),
  drift: texts('What is not as it was applied.'),
};

export const statusSchema = document(
  'schemactl status, format 1',
  shape('Where every milestone stands, the last run, the lock.', {
    ...version,
    database: text('Which one.'),
    milestones: list(
      shape('A milestone.', { id: text('Its id.'), title: text('Its title.'), ...part }),
      'In their order.',
    ),
    others: shape('What no milestone names.', part),
    lastRun: orNull(run),
    unsettled: orNull(
      shape('Where the last run stopped part-way, by address; null where it did not, or somebody is at work on it.', {
        done: texts('Done.'),
        unknown: texts('Begun: whoever goes on reads from the server what became of it.'),
        left: texts('Not begun.'),
      }),
    ),
    inProgress: orNull(shape('Who is changing the database now.', { run: orNull(count('Its run.')), owner })),
    undo: shape('What is kept to take runs back with.', {
      bytes: orNull(count('All of it; null where this login may not ask.')),
      collections: count('Dropped collections in the trash.'),
      leftovers: texts('Copies of whole collections that an overtaken process left; purge removes them.'),
      retentionSeconds: orNull(number('After how long it is forgotten; null: never.')),
      runs: list(shape('A run.', { run: count('Its number.'), wayBack }), 'Oldest first.'),
    }),
    lock: shape('The lock.', {
      held: flag('Whether somebody has it.'),
      owner: { description: 'Who; null where nobody is known.' },
      expired: flag('Whether its lease ran out.'),
      unlockId: orNull(text('What unlock takes.')),
      newer: flag('Whether a newer schemactl keeps its records here: this one only reads.'),
    }),
  }),
);

export const historySchema = document(
  'schemactl history, format 1',
  shape('All runs.', { ...version, runs: list(shape('A run.', toldRun), 'In their order.') }),
);

export const runSchema = document(
  'schemactl history RUN, format 1',
  shape('One run, and what became of each object.', {
    ...version,
    ...toldRun,
    undoBytes: count('What is kept to take it back with.'),
    objects: list(
      shape('An object.', {
        address,
        action: text('What was done.'),
        milestone: orNull(text('Of which milestone.')),
        state: text('What became of it.'),
        documents: count('Documents written.'),
        kept: count('Documents left, as somebody changed them since.'),
      }),
      'In the order of the plan.',
    ),
  }),
);
