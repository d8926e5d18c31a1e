import { test } from 'vitest';
import { everyRoute } from '../support/routes.ts';
import { schemaFile } from '../support/schema.ts';
import { useSite } from '../support/site.ts';
import { killAtEveryCommand, type Subject } from './kill.ts';
import { routes } from './scenes.ts';

const site = useSite('kill_routes', {});

test.each<Subject>(['apply', 'rollback', 'resume'])(
  'kill -9 anywhere: %s of a plan of every route',
  { timeout: 10 * 3600_000 },
  async (subject) => {
    const schemas = { before: await schemaFile(everyRoute.before), after: await schemaFile(everyRoute.after) };
    await killAtEveryCommand(site, routes(schemas), subject);
  },
);
