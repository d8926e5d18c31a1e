/** The floors of the house, from the ground: an import may only go down, and nothing goes round in circles. */
const floors = [
  ['errors.ts', 'diagnostics.ts', 'version.ts'],
  ['state'],
  ['planner'],
  ['report'],
  ['database'],
  ['applier', 'checks', 'embedded'],
  ['workflow'],
  ['commands'],
  ['library.ts'],
  ['index.ts'],
  ['cli.ts'],
];
const pathOf = (names) => `^src/(${names.map((name) => name.replace('.', '\\.')).join('|')})(/|$)`;
const upward = floors.slice(0, -1).map((floor, at) => ({
  name: `${floor.join('-and-')}-imports-only-downwards`,
  severity: 'error',
  from: { path: pathOf(floor) },
  to: { path: pathOf(floors.slice(at + 1).flat()) },
}));

module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'pure-floors-reach-no-driver-file-system-or-process',
      comment: 'Not even by way of another module. node:crypto hashes and is pure.',
      severity: 'error',
      from: { path: '^src/(state|planner|report)/' },
      to: {
        reachable: true,
        path: '^(node:)?(fs|fs/promises|child_process|net|http|https|os|process|timers|timers/promises|perf_hooks|worker_threads)$|node_modules/(mongodb|mongodb-.*|bson)/|^src/(database|applier|embedded|commands|workflow|cli)',
      },
    },
    {
      name: 'one-door-to-the-driver',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(database/(mongo|driver-errors|bson|exact)\\.ts|embedded/)' },
      to: { path: 'node_modules/mongodb/' },
    },
    {
      name: 'no-sideways-imports',
      severity: 'error',
      from: { path: '^src/applier/' },
      to: { path: '^src/(checks|embedded)/' },
    },
    {
      name: 'checks-change-nothing',
      severity: 'error',
      from: { path: '^src/checks/' },
      to: { path: '^src/(applier|embedded)/|^src/database/write' },
    },
    {
      name: 'embedded-server-is-optional',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/embedded/' },
      to: { path: 'node_modules/mongodb-memory-server' },
    },
    ...upward,
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types'] },
  },
};
