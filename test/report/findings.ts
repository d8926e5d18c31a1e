import type { CheckResult, Finding } from '../../src/state/finding.ts';
import { int, scalar } from '../../src/state/value.ts';

/** What a name may hold, and what each format could take for its own. */
export const nasty = 'a|b`c<d>&"\'%:,\\{x}]]>@me #1 \u001b[2J\u202e\n牛';

export const finding = (rule: string, more: Partial<Finding> = {}): Finding => ({
  rule,
  address: 'orders.fields.status',
  collection: 'orders',
  severity: 'high',
  count: 300,
  exact: true,
  share: 0.15,
  sample: [scalar('objectId', '0123456789abcdef01234567'), int(5), 'x'],
  message: 'status is not pending or done',
  fix: 'change these values of status, or add them to "enum"',
  query: null,
  ...more,
});

export const findings: readonly Finding[] = [
  finding('orphan', { severity: 'critical', address: 'orders.links.user', count: 1_204, share: 0.0004 }),
  finding('enum'),
  finding(nasty, { severity: 'medium', address: `orders.checks.${nasty}`, message: nasty, fix: nasty, exact: false }),
  finding('format', { severity: 'low', address: 'orders.fields.phone', count: 1, share: 1, sample: [] }),
];

export const result: CheckResult = {
  database: 'shop',
  rules: [...findings, { rule: 'type', address: 'users.fields.id', collection: 'users' }].map(
    ({ rule, address, collection }) => ({ rule, address, collection }),
  ),
  collections: 2,
  missing: [],
  failed: [],
  undecided: [],
  sampled: null,
  findings,
};
