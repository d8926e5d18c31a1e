import { Option } from 'commander';
import { checkFormats, shownFormats } from '../report/formats.ts';
import { helpSpecs } from './help-specs.ts';
import type { Spec } from './spec.ts';
import { collect, formatOption, subjects } from './subjects.ts';
import { offering } from './values.ts';

const start = 'Start:';
const review = 'Review, never writing:';
const change = 'Change:';

/** One line a command; its module is loaded when it runs, so that `--version` and `--help` load nothing. */
export const specs: readonly Spec[] = [
  {
    name: 'init',
    group: start,
    about: 'write the first schema files: an example, or what a database holds',
    examples: ['schemactl init', 'schemactl init --from-live --db shop --out schema/'],
    flags: [subjects.connection, subjects.output],
    more: [
      new Option('--from-live', 'import the database: one file a collection, fields as comments'),
      new Option('--out <folder>', 'where to write (default: schema/)'),
      new Option('--force', 'write over files that are there'),
      new Option('--sample <n>', 'how many documents to tell fields from; 0: none (default: 1000)'),
    ],
    run: async (io, flags) => (await import('./init.ts')).init(flags, io),
  },
  {
    name: 'doctor [plan]',
    group: start,
    about: 'the checklist before production: connection, privileges, lock; with a plan, room, time and the way back',
    examples: ['schemactl doctor --db shop', 'schemactl doctor plan.json'],
    flags: [subjects.schema, subjects.connection, subjects.output],
    more: [
      new Option('--sample <n>', 'check so many documents of each collection (default: all)'),
      new Option('--skip <item>', 'leave an item out, by its title; repeatable: --skip "oplog window"').argParser(
        collect,
      ),
    ],
    after: `
Exits 2 where an item is not ticked. What this login may not measure is not ticked either, since nobody knows: it is named, with
the privilege that it takes. Under the role read, with a plan, these are:
  privileges      this login may not apply; whoever applies may
  oplog window    takes find and collStats on local.oplog.rs
Ask with the login that applies and those privileges, or say that you do without: --skip privileges --skip "oplog window".
`,
    run: async (io, flags, path) => (await import('./doctor.ts')).doctor(path, flags, io),
  },
  {
    name: 'grants',
    group: start,
    about: 'print the minimal roles as createRole commands; connects to nothing',
    examples: ['schemactl grants --db shop', 'schemactl grants --db shop --format json'],
    flags: [subjects.connection, subjects.output],
    run: async (io, flags) => (await import('./grants.ts')).grants(flags, io),
  },
  {
    name: 'validate',
    group: review,
    about: 'check the schema files; connects to nothing',
    examples: ['schemactl validate', 'schemactl validate --schema db/schema.yaml'],
    flags: [subjects.schema, subjects.report, subjects.fileOutput],
    run: async (io, flags) => (await import('./validate.ts')).validate(flags, io),
  },
  {
    name: 'plan',
    group: review,
    about: 'say what apply would do, how dangerous it is and how it is undone',
    examples: ['schemactl plan --db shop', 'schemactl plan --out plan.json --detailed-exitcode'],
    flags: [
      subjects.schema,
      subjects.connection,
      subjects.globs,
      subjects.milestones,
      subjects.data,
      subjects.undo,
      subjects.allow,
      subjects.exit,
      subjects.report,
      subjects.planOutput,
    ],
    more: [
      offering(new Option('--out <file>', 'keep the plan in a file, to apply exactly it'), 'files'),
      new Option('--against <what>', 'live (default), or snapshot:FILE: for review, without a server'),
      new Option('--no-samples', 'name no ids'),
    ],
    after: `
SCHEMACTL_PLAN_KEY: where it is set, --out signs the plan, and apply, show and doctor read only plans signed with it.
`,
    run: async (io, flags) => (await import('./plan.ts')).plan(flags, io),
  },
  {
    name: 'show <plan>',
    group: review,
    takes: 'files',
    about: 'open a saved plan',
    examples: ['schemactl show plan.json', 'schemactl show plan.json --format jsonpatch'],
    flags: [subjects.report],
    more: [formatOption(shownFormats, ': what it does to the structure of a snapshot')],
    run: async (io, flags, path = '') => (await import('./show.ts')).show(path, flags, io),
  },
  {
    name: 'diff <a> <b>',
    group: review,
    about: 'in what two structures differ: a schema, a snapshot, a database on either side',
    examples: ['schemactl diff schema live --db shop', 'schemactl diff snapshot:shop.json live:shop_staging'],
    flags: [subjects.schema, subjects.connection, subjects.output],
    more: [new Option('--detailed-exitcode', '2 where they differ')],
    after: `
Each side is one of:
  schema          the schema of --schema; schema:PATH, or just a PATH: another one
  snapshot:FILE   what schemactl snapshot kept
  live            the database; live:NAME: another one on the same server
`,
    run: async (io, flags, a = '', b = '') => (await import('./diff.ts')).diff(a, b, flags, io),
  },
  {
    name: 'drift',
    group: review,
    about: 'find what is pending, was changed by hand, or is unmanaged; looks at no documents',
    examples: ['schemactl drift --db shop', 'schemactl drift --env production --changed-only drift.json'],
    flags: [subjects.schema, subjects.connection, subjects.globs, subjects.milestones, subjects.watch, subjects.report],
    more: [new Option('--format <format>', 'text, json, markdown, github, sarif, junit or prom (default: text)')],
    after: `
Verdicts, each object once:
  drift (high)      applied, then changed by hand
  pending (medium)  declared, not yet applied
  unmanaged (low)   there, and never declared
While a run is in progress nothing is judged, and the exit code is 0.
`,
    run: async (io, flags) => (await import('./drift.ts')).drift(flags, io),
  },
  {
    name: 'check',
    group: review,
    about: 'find documents that break the rules of the schema',
    examples: [
      'schemactl check --db shop --fail-on critical',
      'schemactl check --report junit=check.xml --every 60s --for 1h',
    ],
    flags: [subjects.schema, subjects.connection, subjects.globs, subjects.milestones, subjects.watch, subjects.report],
    more: [
      formatOption(checkFormats),
      new Option('--sample <n>', 'look at so many documents of each collection, and estimate (default: all)'),
      new Option('--no-samples', 'name no ids'),
    ],
    run: async (io, flags) => (await import('./check.ts')).check(flags, io),
  },
  {
    name: 'status',
    group: review,
    about: 'where every milestone stands, the last run, the lock',
    examples: ['schemactl status --db shop', 'schemactl status --detailed-exitcode --format json'],
    flags: [subjects.schema, subjects.connection, subjects.exit, subjects.output],
    run: async (io, flags) => (await import('./status.ts')).status(flags, io),
  },
  {
    name: 'history [run]',
    group: review,
    about: 'what ran here, when and by whom',
    examples: ['schemactl history', 'schemactl history 12'],
    flags: [subjects.connection, subjects.output],
    run: async (io, flags, run) => (await import('./status.ts')).history(run, flags, io),
  },
  {
    name: 'snapshot',
    group: review,
    about: 'keep the structure of a database in a file; no documents',
    examples: [
      'schemactl snapshot --db shop --out shop.json',
      'schemactl snapshot --url-env PRODUCTION_URI > shop.json',
    ],
    flags: [subjects.connection, subjects.output],
    more: [new Option('--out <file>', 'where to (default: standard output)')],
    run: async (io, flags) => (await import('./snapshot.ts')).snapshot(flags, io),
  },
  {
    name: 'apply [plan]',
    group: change,
    takes: 'files',
    about: 'do what plan says, or exactly a saved plan',
    examples: ['schemactl apply --milestone 003', 'schemactl apply plan.json'],
    flags: [
      subjects.schema,
      subjects.connection,
      subjects.globs,
      subjects.milestones,
      subjects.undo,
      subjects.allow,
      subjects.run,
      subjects.report,
      subjects.output,
    ],
    more: [new Option('--check-data <how>', 'full: look again also at what was applied before; fast (default)')],
    run: async (io, flags, path) => (await import('./apply.ts')).apply(path, flags, io),
  },
  {
    name: 'resume',
    group: change,
    about: 'go on with a run that was cut off',
    examples: ['schemactl resume', 'schemactl resume --auto-approve --lock-wait 60s'],
    flags: [subjects.connection, subjects.run, subjects.output],
    run: async (io, flags) => (await import('./apply.ts')).resume(flags, io),
  },
  {
    name: 'rollback',
    group: change,
    about: 'take runs back, documents included',
    examples: ['schemactl rollback --plan-only', 'schemactl rollback --milestone 003 --auto-approve'],
    flags: [
      subjects.connection,
      subjects.globs,
      subjects.undo,
      subjects.allow,
      subjects.run,
      subjects.report,
      subjects.output,
    ],
    more: [
      new Option('--run <n>', 'this run (default: the last one not yet rolled back)'),
      new Option('--to <n>', 'every run after this one'),
      new Option('--all', 'every run'),
      new Option('--milestone <id>', 'one milestone, whichever runs applied it'),
      new Option('--plan-only', 'only say what would happen'),
    ],
    run: async (io, flags) => (await import('./rollback.ts')).rollback(flags, io),
  },
  {
    name: 'unlock <id>',
    group: change,
    about: 'free the lock of a process that is known to be dead',
    examples: ['schemactl status', 'schemactl unlock 3c1f2a9e-…'],
    flags: [subjects.connection],
    run: async (io, flags, id = '') => (await import('./unlock.ts')).unlock(id, flags, io),
  },
  {
    name: 'purge',
    group: change,
    about: 'forget what runs kept to be rolled back with; history stays',
    examples: ['schemactl purge --plan-only', 'schemactl purge --older-than 90d --auto-approve'],
    flags: [subjects.connection, subjects.output],
    more: [
      new Option('--older-than <time>', 'of runs that ended longer ago: 90d (default: undo.retention, 30d)'),
      new Option('--run <n>', 'of this run'),
      new Option('--all', 'of every run'),
      new Option('--plan-only', 'only say what would be forgotten'),
      new Option('--auto-approve', 'do not ask'),
      new Option('--lock-wait <time>', 'wait for the lock: 60s (default: 0s)'),
    ],
    after: `
Says what can then no longer be rolled back. apply, rollback and resume forget by themselves, at the end of a run that is
whole, what is older than undo.retention of the configuration (default: 30d; forever: never).
`,
    run: async (io, flags) => (await import('./purge.ts')).purge(flags, io),
  },
  ...helpSpecs(() => specs),
];
