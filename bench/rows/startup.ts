import { pathOf } from '../packages.ts';
import type { Contender, Row } from '../row.ts';

const cli = pathOf('dist/cli.js');
const schema = pathOf('schema/collections.yaml');
const migrateMongo = pathOf('bench/node_modules/migrate-mongo/bin/migrate-mongo.js');

const program = (name: string, role: Contender['role'], ...args: readonly string[]): Contender => ({
  name,
  role,
  command: () => args,
});

const bare = 'node -e 0';
const once = [{ label: 'a whole process', size: 1, indexes: 0 }];

export const startup: Row = {
  name: 'startup',
  title: 'start, answer and end',
  cases: { quick: once, usual: once, full: once },
  prepare: (wanted) => Promise.resolve({ ...wanted, uri: '', database: '', folder: '' }),
  contenders: [
    program('schemactl --version', 'ours', cli, '--version'),
    program('schemactl validate', 'ours', cli, 'validate', '--schema', schema),
    program(bare, 'floor', '-e', '0'),
    program('migrate-mongo --version', 'peer', migrateMongo, '--version'),
  ],
  goals: [
    { ours: 'schemactl --version', against: [bare], atMost: 1.4 },
    { ours: 'schemactl validate', against: [bare], atMost: 2 },
  ],
  growth: [],
};
