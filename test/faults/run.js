/**
 * Injects every fault and writes what was injected into docs/reliability.md. Takes hours on two cores: thousands of kills of a
 * spawned process alone. FAULTS_STEP=N takes every N-th command, from FAULTS_FIRST on; words are passed on to vitest (a file, `-t name`).
 * A part that is run alone replaces its own rows only; shares of one kind keep a row each, and together are the whole.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'schemactl-faults-'));
const results = join(folder, 'results.ndjson');
const env = { ...process.env, FAULTS: 'all', FAULTS_RESULTS: results };
const words = process.argv.slice(2);
const files = words.some((word) => word.startsWith('test/')) ? [] : ['test/faults'];
const { status } = spawnSync('npx', ['vitest', 'run', ...files, ...words], {
  stdio: 'inherit',
  env,
});

const page = new URL('../../docs/reliability.md', import.meta.url);
const [begin, end] = ['<!-- results: written by npm run test:faults -->\n', '<!-- end of results -->'];
const rowOf = ({ fault, what, injected, more = '', seconds = '', commit }) => {
  const [count, lost] = injected === undefined ? ['', '**failed**'] : [injected.toLocaleString('en'), 'nothing'];
  return `| ${fault} | ${what} | ${share} | ${count} | ${lost} | ${more} | ${seconds} | ${commit} |`;
};

function lines() {
  if (!existsSync(results)) return [];
  return readFileSync(results, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

const commit = spawnSync('git', ['rev-parse', '--short=10', 'HEAD'], { encoding: 'utf8' }).stdout.trim();
const { FAULTS_STEP: step = '1', FAULTS_FIRST: first = '1' } = process.env;
const share = step === '1' ? 'all' : `every ${step}th from ${first}`;
const found = lines().map((record) => ({ ...record, commit }));
const text = readFileSync(page, 'utf8');
const [head, rest] = text.split(begin);
const [table, tail] = rest.split(end);
const keyOf = (row) => row.split('|').slice(1, 4).join('|').trim();
const rows = new Map(
  table
    .split('\n')
    .filter((line) => /^\| (?!fault|---)/.test(line))
    .map((row) => [keyOf(row), row]),
);
for (const record of found) rows.set(keyOf(rowOf(record)), rowOf(record));
const header =
  '| fault | where | commands | injected | lost | | seconds | commit |\n| --- | --- | --- | --: | --- | --- | --: | --- |\n';
writeFileSync(page, `${head}${begin}${header}${[...rows.values()].sort().join('\n')}\n${end}${tail}`);
rmSync(folder, { recursive: true });

const injected = found.reduce((sum, { injected: n = 0 }) => sum + n, 0);
console.log(`${injected.toLocaleString('en')} faults injected; docs/reliability.md says which.`);
process.exitCode = injected === 0 ? 1 : (status ?? 1);
