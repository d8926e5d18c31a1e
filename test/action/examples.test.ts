import parseProm from 'parse-prometheus-text-format';
import { readFileSync } from 'node:fs';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { fillShop } from '../support/shop.ts';
import { must, useSite } from '../support/site.ts';
import { type Forge, startForge } from './forge.ts';
import { loadParser } from './parser.ts';
import { type Runner, startRunner, step, type StepResult } from './runner.ts';

const site = useSite('examples');
const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

interface Step {
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

const workflow = (name: string) =>
  parse(read(`examples/github/${name}.yml`)) as { jobs: Record<string, { steps: readonly Step[] }> };

test("the workflows are workflows, by the forge's own parser", async () => {
  const parser = await loadParser();
  for (const name of ['pull-request.yml', 'deploy.yml', 'nightly.yml']) {
    const content = read(`examples/github/${name}`);
    expect(parser.workflow(name, content), name).toEqual([]);
    expect(parser.workflow(name, content.replace('runs-on', 'runs-no')), name).not.toEqual([]);
  }
});

test('action.yml is an action, by the same, and its inputs are those that the entry reads', async () => {
  const content = read('action.yml');
  const parser = await loadParser();
  expect(parser.action('action.yml', content)).toEqual([]);
  const { inputs, outputs } = parse(content) as { inputs: object; outputs: object };
  const source = read('action/inputs.ts') + read('action/run.ts');
  expect(Object.keys(inputs).filter((name) => !source.includes(`input('${name}'`))).toEqual([]);
  expect(Object.keys(outputs).filter((name) => !new RegExp(`^ +'?${name}'?:`, 'm').test(source))).toEqual([]);
});

/** A runner on the reference application's data, with its schema. */
async function scene(forge: Forge | null, event: object): Promise<Runner> {
  await fillShop(await site.fresh());
  const runner = await startRunner(site.uri(), forge, event);
  await cp(join(root, 'schema'), join(runner.folder, 'schema'), { recursive: true });
  return runner;
}

/** Runs the steps of a job as a runner would: scripts, and the action itself; others fetch and keep files. */
async function job(
  runner: Runner,
  name: string,
  id: string,
  more: Readonly<Record<string, string>> = {},
  byHand: Readonly<Record<string, string>> = {},
): Promise<readonly StepResult[]> {
  const results: StepResult[] = [];
  for (const { run, uses, with: inputs = {} } of workflow(name).jobs[id]!.steps) {
    const own = { ...runner, env: { ...runner.env, ...byHand } };
    if (run !== undefined) results.push(await step(own, { script: run }));
    if (uses === './') {
      const given = Object.entries(inputs).map(([key, value]) => [key, String(value)] as const);
      const own: Readonly<Record<string, string>> = Object.fromEntries(given);
      results.push(await step(runner, { inputs: { ...own, ...more } }));
    }
  }
  return results;
}

test('pull-request.yml comments', async () => {
  const forge = await startForge();
  const runner = await scene(forge, { pull_request: { number: 7 } });
  const results = await job(runner, 'pull-request', 'plan', { token: 'secret' });
  expect(results.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(forge.comments[0]!.body).toContain('10 fields to fill');
});

test('deploy.yml applies exactly the plan that was made, or is refused because the database moved', async () => {
  const runner = await scene(null, {});
  expect((await job(runner, 'deploy', 'plan')).map(({ code }) => code)).toEqual([0, 0, 0]);
  await site.db().collection('users').createIndex({ by_hand: 1 });
  expect((await job(runner, 'deploy', 'apply')).map(({ code }) => code)).toEqual([0, 21, 0]);
  await site.db().collection('users').dropIndex('by_hand_1');
  const results = await job(runner, 'deploy', 'apply');
  expect(
    results.map(({ code }) => code),
    results[1]!.out,
  ).toEqual([0, 0, 0]);
  expect(results[2]!.summary).toMatch(/applied as run 1/);
});

test('deploy.yml ends red before anybody approves a plan with a hazard, unless the hazard is allowed by name', async () => {
  const runner = await scene(null, {});
  const file = join(runner.folder, 'schema/collections.yaml');
  await must(0, site.run(['apply', '--auto-approve', '--schema', file]));
  await writeFile(file, (await readFile(file, 'utf8')).replace(/^.*key: \{ user_id: 1, status: 1 \}.*\n/m, ''));
  const blocked = await job(runner, 'deploy', 'plan');
  expect(blocked.map(({ code }) => code)).toEqual([0, 20, 0]);
  expect(blocked[2]!.summary).toContain('drop-index');
  const allowed = await job(runner, 'deploy', 'plan', {}, { ALLOW: 'drop-index' });
  expect(allowed.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect((await job(runner, 'deploy', 'apply')).map(({ code }) => code)).toEqual([0, 0, 0]);
});

test('nightly.yml opens an issue on the data as it is', async () => {
  const forge = await startForge();
  const runner = await scene(forge, {});
  const results = await job(runner, 'nightly', 'check', { token: 'secret' });
  expect(results.map(({ code }) => code)).toEqual([0, 2, 2]);
  expect(forge.issues).toMatchObject([
    { title: 'schemactl drift (production)', state: 'open' },
    { title: 'schemactl check (production)', state: 'open' },
  ]);
});

test('.gitlab-ci.yml: plan, apply, check', async () => {
  const runner = await scene(null, {});
  const jobs = parse(read('examples/gitlab/.gitlab-ci.yml')) as Record<string, { script: readonly string[] }>;
  const env = { ...runner.env, MONGODB_READ_URI: site.uri(), MONGODB_CHANGE_URI: site.uri(), MONGODB_URI: '' };
  const run = (name: string) => step({ ...runner, env }, { script: jobs[name]!.script.join('\n') });
  expect((await run('plan')).code).toBe(0);
  expect(await readFile(join(runner.folder, 'plan.xml'), 'utf8')).toContain('failures="0"');
  const applied = await run('apply');
  expect(applied.code, applied.out).toBe(0);
  expect((await run('nightly')).code).toBe(2);
  expect(await readFile(join(runner.folder, 'check.xml'), 'utf8')).toContain('<failure');
  expect(await readFile(join(runner.folder, 'drift.xml'), 'utf8')).toContain('failures="0"');
});

test('nightly.sh says what is new, once, and keeps metrics', async () => {
  const runner = await scene(null, {});
  const { folder } = runner;
  await mkdir(join(folder, 'state'));
  await writeFile(join(folder, 'url'), site.uri());
  const env = {
    SCHEMA_HOME: folder,
    SCHEMA_URL_FILE: join(folder, 'url'),
    SCHEMA_STATE: folder,
    SCHEMA_METRICS: folder,
  };
  const night = () =>
    step({ folder, env: { ...runner.env, MONGODB_URI: '', ...env } }, { script: `sh ${root}examples/cron/nightly.sh` });
  const first = await night();
  expect([first.code, first.out.includes('Check: ')], first.out).toEqual([2, true]);
  expect(await night()).toMatchObject({ code: 0, out: '' });
  for (const what of ['check', 'drift']) {
    const metrics = parseProm(await readFile(join(folder, `schemactl_${what}.prom`), 'utf8'));
    expect(metrics.map(({ name }) => name)).toContain(`schemactl_${what}_findings`);
  }
});
