import { test } from 'vitest';
import { useSite } from '../support/site.ts';
import { killAtEveryCommand, type Subject } from './kill.ts';
import { reference } from './scenes.ts';

const site = useSite('kill_reference', {});

test.each<Subject>(['apply', 'rollback', 'resume'])(
  'kill -9 anywhere: %s of the reference application',
  { timeout: 10 * 3600_000 },
  (subject) => killAtEveryCommand(site, reference, subject),
);
