import type * as prints from '../../src/state/fingerprint.ts';
import type * as orders from '../../src/planner/order.ts';
import type * as differ from '../../src/planner/diff.ts';
import type * as registry from '../../src/planner/families/registry.ts';
import { loadStates } from '../data/states.ts';
import { product } from '../packages.ts';
import type { Bout, Case, Row, Scene } from '../row.ts';

const caseOf = (size: number): Case => ({
  label: `${size.toLocaleString('en')} collections, 10 indexes each, 1 of 100 missing`,
  size,
  indexes: 10,
});

async function ours(scene: Scene): Promise<Bout> {
  const { observed, schema, ledger } = await loadStates(scene);
  const { diffSchema } = (await product('planner/diff.js')) as typeof differ;
  const { inDependencyOrder } = (await product('planner/order.js')) as typeof orders;
  const { familyOf } = (await product('planner/families/registry.js')) as typeof registry;
  return {
    round() {
      const asked = { uuids: {}, building: {}, version: '6.0.5', checkData: 'fast' } as const;
      const { changes } = diffSchema({ observed, schema, ledger, ...asked });
      const ordered = inDependencyOrder(
        changes,
        (change) => familyOf(change).needs(change, changes),
        ({ address }) => address,
      );
      if (ordered.length === 0) throw new Error('nothing differs');
    },
  };
}

async function floor(scene: Scene): Promise<Bout> {
  const { observed, schema } = await loadStates(scene);
  const { fingerprint } = (await product('state/fingerprint.js')) as typeof prints;
  return { round: () => [fingerprint(observed), fingerprint(schema)] };
}

export const diff: Row = {
  name: 'diff',
  title: 'find and order what differs, without a server',
  cases: { quick: [caseOf(500)], usual: [caseOf(10_000)], full: [caseOf(1000), caseOf(10_000)] },
  prepare: (wanted) => Promise.resolve({ ...wanted, uri: '', database: '', folder: '' }),
  contenders: [
    { name: 'diffSchema and order', role: 'ours', open: ours },
    { name: 'fingerprint of both states', role: 'floor', open: floor },
  ],
  goals: [{ ours: 'diffSchema and order', against: ['fingerprint of both states'], atMost: 2 }],
  growth: [{ ours: 'diffSchema and order', what: 'time', atMost: 12 }],
};
