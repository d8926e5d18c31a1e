// Looks for drift, plans, applies, checks, takes it back where the data is not sound afterwards, and forgets what is old: what a
// deploy does, from code.
import { openSchemactl, SchemactlError } from 'schemactl';

const month = 30 * 24 * 60 * 60 * 1000;

/** The documents' worst findings, after a deploy that is taken back if there are any. */
export async function deploy({ url, database, schema, say = console.log }) {
  const shop = await openSchemactl({ url, database, schema, user: 'deploy' });
  try {
    const drift = await shop.drift();
    say(`${drift.findings.filter(({ verdict }) => verdict === 'drift').length} objects changed by hand`);
    const plan = await shop.plan({ through: '005' });
    say(`${plan.steps.length} steps, ${plan.hazards.length} hazards`);
    const onEvent = (event) => {
      if (event.event === 'unit-done') say(`${event.title}: ${event.documents ?? 0} documents`);
    };
    const result = await shop.apply(plan, { onEvent, waitMs: 60_000 });
    say(`run ${result.run}: ${result.outcome}`);
    const { findings } = await shop.check();
    const critical = findings.filter(({ severity }) => severity === 'critical');
    if (critical.length > 0 && result.run !== null) {
      const back = await shop.planRollback({ which: { kind: 'run', run: result.run } });
      say(`rolled back by run ${(await shop.apply(back)).run}`);
    }
    const old = await shop.planPurge({ which: { kind: 'older', milliseconds: 3 * month } });
    if (old.runs.length > 0) say(`forgot ${(await shop.purge(old)).runs.length} runs`);
    return critical.map(({ rule, address, count }) => ({ rule, address, count }));
  } catch (error) {
    if (error instanceof SchemactlError) say(`${error.code}: ${error.message} ${error.next.join(' ')}`);
    throw error;
  } finally {
    await shop.close();
  }
}
