import { spawnSync } from 'node:child_process';

/**
 * Runs what depends on the server on each version that is supported: cases, applications, random structures and rewrites, and a
 * death at every command. Takes about half an hour on two cores. `npm run test:servers -- 5.0.4` runs one version.
 */
const versions = ['4.4.2', '5.0.4', '6.0.5', '6.0.27'];
const suites = [
  'test/cases',
  'test/apps',
  'test/database',
  'test/property/structures.test.ts',
  'test/property/rewrites.test.ts',
  'test/acceptance/arrays.test.ts',
  'test/acceptance/builds.test.ts',
  'test/acceptance/check',
  'test/acceptance/dangers.test.ts',
  'test/acceptance/doctor',
  'test/acceptance/drift',
  'test/acceptance/duplicates.test.ts',
  'test/acceptance/index-cover.test.ts',
  'test/acceptance/indexes.test.ts',
  'test/acceptance/not-purged.test.ts',
  'test/acceptance/purge.test.ts',
  'test/acceptance/rewrites.test.ts',
  'test/acceptance/structure-crash.test.ts',
  'test/acceptance/undo.test.ts',
  'test/acceptance/views.test.ts',
  'test/acceptance/import.test.ts',
];

const asked = process.argv.slice(2);
const failed = (asked.length === 0 ? versions : asked).filter((version) => {
  console.log(`\nMongoDB ${version}`);
  const env = { STRUCTURES: '300', STRUCTURE_CRASH: 'all', ...process.env, SCHEMACTL_TEST_SERVER: version };
  return spawnSync('npx', ['vitest', 'run', ...suites], { stdio: 'inherit', env }).status !== 0;
});
console.log(failed.length === 0 ? '\nAll servers passed.' : `\nFailed on ${failed.join(', ')}.`);
process.exitCode = failed.length === 0 ? 0 : 1;
