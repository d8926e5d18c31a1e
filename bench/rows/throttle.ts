import { loadBeside, pointLoad } from '../data/load.ts';
import { bareRewrite, orderCases, ordersScene, productRewrite, schemaFileOf } from '../data/orders.ts';
import type { Contender, Row } from '../row.ts';
import { oneField } from './rewrite.ts';

const alone = 'p99 of point operations, alone';
const beside = 'p99 beside apply --throttle auto';
const idleAuto = 'apply --throttle auto, server idle';
const idle = 'apply, server idle';

const besideApply = (name: string, role: Contender['role'], flags: readonly string[]): Contender => ({
  name,
  role,
  open: bareRewrite((db, scene) => loadBeside(db, scene, schemaFileOf(scene), flags)),
});

export const throttle: Row = {
  name: 'throttle',
  title: 'fill one field beside an application, and on an idle server',
  cases: orderCases,
  prepare: ordersScene('throttle', oneField),
  contenders: [
    { name: alone, role: 'floor', open: bareRewrite(pointLoad) },
    besideApply(beside, 'ours', ['--throttle', 'auto']),
    besideApply('p99 beside apply', 'peer', []),
    { name: idleAuto, role: 'ours', open: productRewrite({ saved: true, undo: true, throttle: { kind: 'auto' } }) },
    { name: idle, role: 'floor', open: productRewrite({ saved: true, undo: true }) },
  ],
  goals: [
    { ours: beside, against: [alone], atMost: 1.5 },
    { ours: idleAuto, against: [idle], atMost: 1.25 },
  ],
  growth: [],
};
