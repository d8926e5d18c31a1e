import { afterAll, beforeAll, expect, test } from 'vitest';
import { everyRoute } from '../support/routes.ts';
import { here } from '../support/here.ts';
import { schemaFile } from '../support/schema.ts';
import { must, useSite } from '../support/site.ts';
import { type Damage, type Proxy, startProxy } from './proxy.ts';
import { routes, type Scene } from './scenes.ts';
import { everything, step, tallyOf } from './share.ts';
import { type Ends, endsOf, type How, run, survives } from './survive.ts';

/** Replies that are lost, cut or late on the way: the server has done what the client does not know of. */
const site = useSite('lost_replies', {});

let proxy: Proxy;
beforeAll(async () => {
  const { hostname, port } = new URL(site.uri());
  proxy = await startProxy({ host: hostname, port: Number(port) });
});
afterAll(() => proxy.close());

const throughProxy = (): string => `mongodb://127.0.0.1:${proxy.port}/${site.name}?directConnection=true`;

/** Damages the n-th reply of an apply or a rollback; whatever its outcome, what comes next makes it whole. */
async function damaged(scene: Scene, ends: Ends, subject: 'apply' | 'rollback', n: number, how: Damage, next: How) {
  await scene.prepare(site);
  if (subject === 'rollback') await must(0, run(site, scene.apply));
  proxy.damage(n, how);
  const { code, err } = await here(throughProxy(), scene[subject]);
  if (!proxy.done()) return false;
  const label = `${subject}, reply ${n}: ${how}, then ${next}`;
  expect([0, 1, 23, 69], `${label}: ${err}`).toContain(code);
  expect(err, label).not.toMatch(/SCH900| {4}at /);
  try {
    await survives(site, scene, ends, subject, next);
  } catch (cause) {
    throw new Error(`${label} (it ended with ${code}: ${err})`, { cause });
  }
  return true;
}

const damages: readonly Damage[] = ['drop', 'cut', 'delay'];

test.each(['apply', 'rollback'] as const)('reply lost after write: %s', { timeout: 10 * 3600_000 }, async (subject) => {
  const schemas = { before: await schemaFile(everyRoute.before), after: await schemaFile(everyRoute.after) };
  const scene = routes(schemas);
  const ends = await endsOf(site, scene);
  const tally = tallyOf('Reply lost after write', `a reply of ${subject} dropped, cut or delayed, ${scene.what}`);
  const places = everything
    ? Array.from({ length: 2000 }, (_, at) => 1 + at * step)
    : [Math.round(ends.commands * (subject === 'apply' ? 0.5 : 0.7))];
  for (const [turn, n] of places.entries()) {
    const how = damages[turn % 3]!;
    if (!(await damaged(scene, ends, subject, n, how, turn % 2 === 0 ? 'resume' : 'rollback'))) break;
    tally.hit();
  }
  tally.close();
});
