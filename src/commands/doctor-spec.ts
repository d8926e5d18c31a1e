import { Option } from 'commander';
import type { Spec } from './spec.ts';
import { collect, subjects } from './subjects.ts';

export const doctorSpec = (group: string): Spec => ({
  name: 'doctor [plan]',
  group,
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
});
