import tseslint from 'typescript-eslint';

const impure = [
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'No clock here: take the time as an argument.',
  },
  {
    selector: "MemberExpression[object.name='Date'][property.name='now']",
    message: 'No clock here: take the time as an argument.',
  },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'No randomness here: take it as an argument.',
  },
];
const house = [
  { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
  { selector: 'TSEnumDeclaration', message: 'No enums: a union of literals.' },
];
const pureFolders = ['src/state/**', 'src/planner/**', 'src/report/**'];
/** Node's own modules are out of bounds for pure code, but for hashing and bytes. */
const pureImports = {
  group: ['node:*', '!node:crypto', 'mongodb', 'mongodb-*'],
  message: 'state, planner and report are pure.',
};

export default tseslint.config(
  { ignores: ['dist', 'dist-bench', 'dist-demo', 'coverage', '**/*.js', '**/*.cjs', '**/*.mjs'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      'max-lines': ['error', { max: 300 }],
      'no-restricted-syntax': ['error', ...house],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ['src/**'],
    ignores: ['src/cli.ts'],
    rules: {
      'no-restricted-globals': ['error', { name: 'process', message: 'Only cli.ts knows the process.' }, 'console'],
    },
  },
  {
    files: pureFolders,
    rules: {
      'no-restricted-imports': ['error', { patterns: [pureImports] }],
      'no-restricted-globals': [
        'error',
        'process',
        'performance',
        'setTimeout',
        'setInterval',
        'setImmediate',
        'console',
        'fetch',
        'Buffer',
      ],
      'no-restricted-syntax': ['error', ...house, ...impure],
    },
  },
  // Loads pure libraries late; nothing else may be reached that way.
  { files: ['src/state/libraries.ts'], rules: { 'no-restricted-imports': 'off' } },
  { files: ['*.config.ts', 'test/support/global-setup.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['test/**', 'demo/**', 'bench/**'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
);
