import { printable } from '../../state/frame.ts';
import { isFailure, type Issue, type Issues, type Looked, type Unjudged } from './issue.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** XML 1.0 has no way to say most control characters, so they are shown as people see them. */
const xml = (text: string): string => printable(text).replace(/[&<>"']/g, (found) => entities[found] as string);

const keyOf = ({ rule, address }: Pick<Issue, 'rule' | 'address'>): string => `${rule} ${address}`;

/** What is less bad than `--fail-on` is told, and fails nothing. */
function testCase(looked: Looked, issue: Issue | undefined, failOn: Issues['failOn']): readonly string[] {
  const head = `    <testcase classname="${xml(looked.collection)}" name="${xml(`${looked.address}: ${looked.rule}`)}"`;
  if (issue === undefined) return [`${head}/>`];
  const { message, fix, severity, position } = issue;
  const at = position === null ? '' : `${position.file}:${position.line}`;
  const said = xml([message, fix, at].filter((part) => part !== '').join('; '));
  return [
    `${head}>`,
    isFailure(issue, failOn)
      ? `      <failure type="${severity}" message="${xml(message)}">${said}</failure>`
      : `      <system-out>${severity}: ${said}</system-out>`,
    '    </testcase>',
  ];
}

const elements = { note: 'skipped', error: 'error' } as const;

function unjudgedCase({ address, rule, collection, level, message }: Unjudged): readonly string[] {
  return [
    `    <testcase classname="${xml(collection)}" name="${xml(`${address}: ${rule}`)}">`,
    `      <${elements[level]} message="${xml(message)}"/>`,
    '    </testcase>',
  ];
}

const countOf = (unjudged: readonly Unjudged[], level: Unjudged['level']): number =>
  unjudged.filter((each) => each.level === level).length;

/** JUnit XML: a suite for each collection, a test case for each rule. */
export function junitText({ command, database, looked, issues, failOn, unjudged = [] }: Issues): string {
  const failing = issues.filter((issue) => isFailure(issue, failOn));
  const failed = new Set(failing.map(keyOf));
  const byKey = new Map(issues.map((issue) => [keyOf(issue), issue]));
  const collections = [...new Set([...looked, ...unjudged].map(({ collection }) => collection))];
  const suites = collections.flatMap((collection) => {
    const own = looked.filter((each) => each.collection === collection);
    const failures = own.filter((each) => failed.has(keyOf(each))).length;
    const open = unjudged.filter((each) => each.collection === collection);
    const [errors, skipped] = [countOf(open, 'error'), countOf(open, 'note')];
    return [
      `  <testsuite name="${xml(collection)}" tests="${own.length + open.length}" failures="${failures}" errors="${errors}" skipped="${skipped}">`,
      ...open.flatMap(unjudgedCase),
      ...own.flatMap((each) => testCase(each, byKey.get(keyOf(each)), failOn)),
      '  </testsuite>',
    ];
  });
  const name = xml(`schemactl ${command} ${database}`);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${name}" tests="${looked.length + unjudged.length}" failures="${failing.length}" errors="${countOf(unjudged, 'error')}">`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
}
