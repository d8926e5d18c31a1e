import { test } from 'vitest';
import { rewritten } from '../support/rewritten.ts';
import { schemaFile } from '../support/schema.ts';
import { useSite } from '../support/site.ts';
import { killAtEveryCommand, type Subject } from './kill.ts';
import { rewrites } from './scenes.ts';
import { everything } from './share.ts';

/**
 * Without transactions, so between documents, undo data and journal there is a moment for a death. Only beside somebody who writes is
 * the promise weaker than on a replica set: here the database must be equal byte for byte.
 */
const site = useSite('kill_standalone', { standalone: true });

/** `npm test` kills one of them. */
const subjects: readonly Subject[] = everything ? ['apply', 'rollback', 'resume'] : ['rollback'];

test.each(subjects)(
  'kill -9 anywhere: %s of rewrites of fields on a standalone server',
  { timeout: 10 * 3600_000 },
  async (subject) => killAtEveryCommand(site, rewrites(await schemaFile(rewritten)), subject),
);
