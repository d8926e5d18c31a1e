import { readFileSync } from 'node:fs';

/** Prints the counts of a test run as the last line and fails unless acceptance tests passed on a real server. */
const [, , file, status] = process.argv;

function read() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

const results = read();
if (results === null) {
  console.log('No test ran: installing or building failed.');
  console.log('0 passed, 1 failed');
  process.exit(1);
}
const acceptance = results.testResults
  .filter(({ name }) => name.includes('/test/acceptance/'))
  .flatMap(({ assertionResults }) => assertionResults)
  .filter((result) => result.status === 'passed').length;
if (acceptance === 0) console.log('No acceptance test ran on a real server.');
else console.log(`${acceptance} acceptance tests ran on a real server.`);
const brokenFiles = results.testResults.filter(
  ({ status: state, assertionResults }) => state === 'failed' && assertionResults.length === 0,
).length;
const checks = Number(status) === 0 ? 0 : 1;
const failed = Math.max(results.numFailedTests + brokenFiles, checks, acceptance === 0 ? 1 : 0);
console.log(`${results.numPassedTests} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
