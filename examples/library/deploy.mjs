// Plans, applies, checks, and takes it back where the data is not sound afterwards: what a deploy does, from code.
import { openSchemactl, SchemactlError } from 'schemactl';

/** The documents' worst findings, after a deploy that is taken back if there are any. */
export async function deploy({ url, database, schema, say = console.log }) {
  const shop = await openSchemactl({ url, database, schema, user: 'deploy' });
  try {
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
    return critical.map(({ rule, address, count }) => ({ rule, address, count }));
  } catch (error) {
    if (error instanceof SchemactlError) say(`${error.code}: ${error.message} ${error.next.join(' ')}`);
    throw error;
  } finally {
    await shop.close();
  }
}
