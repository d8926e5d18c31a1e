import { createHash } from 'node:crypto';
import { printable } from '../../state/frame.ts';
import { explain } from '../explain/codes.ts';
import { type Issue, type Issues, levelOf, type Unjudged } from './issue.ts';

/** A path as a URI reference, each part encoded. */
const uriOf = (path: string): string => path.split(/[\\/]/).map(encodeURIComponent).join('/');

function locationOf({ address, position }: Pick<Issue, 'address' | 'position'>) {
  const logicalLocations = [{ fullyQualifiedName: address }];
  if (position === null) return { logicalLocations };
  const region = { startLine: position.line, startColumn: position.column };
  return { physicalLocation: { artifactLocation: { uri: uriOf(position.file) }, region }, logicalLocations };
}

const sentence = ({ address, message, fix }: Issue): string =>
  printable(`${address}: ${[message, fix].map((part) => `${part.replace(/\.$/, '')}.`).join(' ')}`);

const resultOf = (issue: Issue, rules: readonly string[], database: string) => ({
  ruleId: issue.rule,
  ruleIndex: rules.indexOf(issue.rule),
  level: levelOf[issue.severity],
  message: { text: sentence(issue) },
  locations: [locationOf(issue)],
  partialFingerprints: {
    'finding/v1': createHash('sha256').update(`${database} ${issue.rule} ${issue.address}`).digest('hex'),
  },
  properties: { severity: issue.severity, count: issue.count },
});

const notificationOf = (unjudged: Unjudged) => ({
  level: unjudged.level,
  message: { text: printable(`${unjudged.address}: ${unjudged.message}`) },
  locations: [locationOf(unjudged)],
});

/** SARIF 2.1.0, as code scanning reads it: all issues, at the lines that declare what they break. */
export function sarifText({ version, database, issues, unjudged = [] }: Issues): string {
  const rules = [...new Set(issues.map(({ rule }) => rule))];
  const driver = {
    name: 'schemactl',
    semanticVersion: version,
    rules: rules.map((id) => ({
      id,
      shortDescription: { text: explain(id)?.title ?? `${id}: a check of the schema` },
    })),
  };
  const results = issues.map((issue) => resultOf(issue, rules, database));
  const invocation = {
    executionSuccessful: unjudged.every(({ level }) => level !== 'error'),
    toolExecutionNotifications: unjudged.map(notificationOf),
  };
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, columnKind: 'unicodeCodePoints', invocations: [invocation], results }],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}
