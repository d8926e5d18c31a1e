import {
  address,
  any,
  count,
  document,
  flag,
  list,
  number,
  orNull,
  severity,
  shape,
  text,
  texts,
  version,
  words,
} from './shape.ts';
import { verdicts } from '../../planner/drift.ts';
import { owner } from './run.ts';

const verdict = words('What it is.', verdicts);
const fingerprint = text('The same for as long as it is the same difference.');
const state = any('The object, or null; an ordered document is { "$doc": [[name, value], …] }.');
const until = orNull(text('The last day.'));

export const driftSchema = document(
  'schemactl drift, format 1',
  shape('In what the database differs from what is declared and what was applied; each object once.', {
    ...version,
    database: text('Which one.'),
    summary: shape('New findings by verdict.', {
      pending: count('Declared, and not yet applied.'),
      drift: count('Applied, and then changed by hand.'),
      unmanaged: count('Neither declared nor applied.'),
      known: count('Known from before, of any verdict.'),
      ignored: count('Left out by a rule of the configuration.'),
    }),
    inProgress: orNull(
      shape('Who is changing the database now; nothing is judged then.', {
        run: orNull(count('The run.')),
        since: orNull(text('ISO 8601.')),
        owner,
      }),
    ),
    openRun: orNull(count('A run that was cut off.')),
    objects: count('Objects that were looked at.'),
    findings: list(
      shape('A finding.', {
        address,
        verdict,
        severity,
        reason: text('In what it differs.'),
        milestone: orNull(text('Of which milestone.')),
        source: orNull(text('Where it is declared.')),
        declared: state,
        applied: state,
        live: state,
        fingerprint,
        known: any('Whether it was known before.'),
        message: text('What it is, in words.'),
        fix: texts('Commands that put it back, or on; none for what is unmanaged.'),
        keep: any('How to keep it as it is.'),
      }),
      'Worst first.',
    ),
    gone: list(shape('A finding of before.', { verdict, address }), 'What is found no longer.'),
    ignored: list(
      shape('A finding that is left out.', { address, verdict, fingerprint, reason: text('Why.'), until }),
      'By which rule.',
    ),
    expired: list(any('A rule whose day has passed.'), 'Rules that leave nothing out any more.'),
  }),
);

export const doctorSchema = document(
  'schemactl doctor, format 1',
  shape('A checklist, each item measured.', {
    ...version,
    database: text('Which one.'),
    plan: orNull(text('The plan file.')),
    summary: shape('Items by state.', {
      ok: count('As they should be.'),
      warning: count('The same, with something to know.'),
      bad: count('To be mended.'),
      unknown: count('That this login may not ask.'),
    }),
    items: list(
      shape('An item.', {
        item: text('What.'),
        ticked: flag('Whether nothing is left to be done.'),
        state: words('What became of it: ok and warning are ticked.', ['ok', 'warning', 'bad', 'unknown']),
        message: text('What was measured, in words.'),
        next: orNull(text('What to do.')),
        needs: orNull(text('What this login lacks to measure it.')),
        measured: any('What was measured.'),
      }),
      'In their order.',
    ),
    skipped: list(text('A title.'), 'Items that were left out.'),
  }),
);

export const purgeSchema = document(
  'schemactl purge, format 1',
  shape('What was forgotten, or would be.', {
    ...version,
    database: text('Which one.'),
    purged: flag('Whether it was done, or is only told.'),
    runs: list(
      shape('A run.', {
        run: count('Its number.'),
        kind: words('What it was for.', ['apply', 'rollback']),
        endedAt: orNull(text('ISO 8601.')),
        bytes: number('Of its undo data.'),
        collections: list(any('A dropped collection.'), 'Those in the trash.'),
        lost: texts('What can then no longer be taken back.'),
      }),
      'Oldest first.',
    ),
    leftovers: list(
      shape('A copy.', { name: text('Its name.'), documents: count('In it.') }),
      'Copies of whole collections that an overtaken process left.',
    ),
  }),
);
