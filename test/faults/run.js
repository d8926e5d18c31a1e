/**
 * Injects every fault and writes what was injected into docs/reliability.md; how long that takes stands there. FAULTS_STEP=N takes every
 * N-th command, from FAULTS_FIRST on; words are passed on to vitest (a file, a folder, `-t name`).
 * A part that is run alone replaces its own rows only; shares of one kind keep a row each, and together are the whole.
 * What lies in test/faults counts its faults itself; of the other tests that the page names, each that passed is one.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = join(root, 'docs/reliability.md');
const text = readFileSync(page, 'utf8');
const [begin, end] = ['<!-- results: written by npm run test:faults -->\n', '<!-- end of results -->'];
const [head, rest] = text.split(begin);
const [table, tail] = rest.split(end);

const rowsOf = (lines) => lines.split('\n').filter((line) => /^\| (?!fault|---)/.test(line));
const badInputs = 'Bad inputs';
/** The faults of the page, each as the titles of its tests begin. */
const faults = new Map(
  rowsOf(head)
    .map((row) => row.split('|')[1].trim())
    .map((fault) => [fault, `[${fault[0].toLowerCase()}${fault[0].toUpperCase()}]${fault.slice(1)}`]),
);
faults.set(badInputs, String.raw`bad input \d+:`);
const named = [...head.matchAll(/`(test\/(?!faults\/)[a-z-]+\/[a-z-]+\.test\.ts)`/g)].map(([, file]) => file);

const folder = mkdtempSync(join(tmpdir(), 'schemactl-faults-'));
const [counted, told] = [join(folder, 'results.ndjson'), join(folder, 'tests.json')];
const words = process.argv.slice(2);
const titles = `^(${[...faults.values()].join('|')})`;
const files = words.some((word) => word.startsWith('test/'))
  ? []
  : new Set(['test/faults', 'test/bad-inputs', ...named]);
const pattern = words.includes('-t') ? [] : ['-t', titles];
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${told}`];
const { status } = spawnSync('npx', ['vitest', 'run', ...reporters, ...files, ...pattern, ...words], {
  stdio: 'inherit',
  env: { ...process.env, FAULTS: 'all', FAULTS_RESULTS: counted },
});

function countedRecords() {
  if (!existsSync(counted)) return [];
  return readFileSync(counted, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** What the tests of a file beside test/faults say of one fault. */
function recordOf(fault, file, tests) {
  const what = `tests of \`${file}\``;
  if (tests.some(({ status: ended }) => ended === 'failed')) return [{ fault, what }];
  const passed = tests.filter(({ status: ended }) => ended === 'passed');
  const seconds = Math.round(passed.reduce((sum, { duration = 0 }) => sum + duration, 0) / 1000);
  return passed.length === 0 ? [] : [{ fault, what, injected: passed.length, seconds }];
}

function toldRecords() {
  if (!existsSync(told)) return [];
  const { testResults } = JSON.parse(readFileSync(told, 'utf8'));
  return testResults.flatMap(({ name, assertionResults }) => {
    const file = relative(root, name);
    if (file.startsWith('test/faults/')) return [];
    return [...faults].flatMap(([fault, begins]) => {
      const isOf = new RegExp(`^${begins}`);
      return recordOf(
        fault,
        file,
        assertionResults.filter(({ fullName }) => isOf.test(fullName.trim())),
      );
    });
  });
}

const commit = spawnSync('git', ['rev-parse', '--short=10', 'HEAD'], { encoding: 'utf8' }).stdout.trim();
const { FAULTS_STEP: step = '1', FAULTS_FIRST: first = '1' } = process.env;
const share = step === '1' ? 'all' : `every ${step}th from ${first}`;
const rowOf = ({ fault, what, injected, more = '', seconds = '' }) => {
  const [count, lost] = injected === undefined ? ['', '**failed**'] : [injected.toLocaleString('en'), 'nothing'];
  return `| ${fault} | ${what} | ${share} | ${count} | ${lost} | ${more} | ${seconds} | ${commit} |`;
};
const keyOf = (row) => row.split('|').slice(1, 4).join('|').trim();
const found = [...countedRecords(), ...toldRecords()];
const rows = new Map(rowsOf(table).map((row) => [keyOf(row), row]));
for (const record of found) rows.set(keyOf(rowOf(record)), rowOf(record));
const header =
  '| fault | where | commands | injected | lost | | seconds | commit |\n| --- | --- | --- | --: | --- | --- | --: | --- |\n';
writeFileSync(page, `${head}${begin}${header}${[...rows.values()].sort().join('\n')}\n${end}${tail}`);
rmSync(folder, { recursive: true });

const injected = found.reduce((sum, { injected: n = 0 }) => sum + n, 0);
console.log(`${injected.toLocaleString('en')} faults injected; docs/reliability.md says which.`);
process.exitCode = injected === 0 ? 1 : (status ?? 1);
