import type { SchemactlError } from '../errors.ts';
import { errorJson, errorText } from './error.ts';
import type { failureFormats } from './formats.ts';
import { html, htmlLines } from './html.ts';
import { githubText } from './issues/github.ts';
import type { Issue, Issues } from './issues/issue.ts';
import { junitText } from './issues/junit.ts';
import { sarifText } from './issues/sarif.ts';
import { block, fitting, plain } from './markdown.ts';
import { page } from './page.ts';
import { plainTheme } from './theme.ts';

type FailureFormat = (typeof failureFormats)[number];

/** What is wrong in files is an issue each, at its line; any other failure is one. */
export function failureIssues(error: SchemactlError, command: string, version: string): Issues {
  const fix = error.next[0] ?? `See: schemactl explain ${error.code}`;
  const inFiles = error.diagnostics.map(
    ({ severity, code, message, file, line, column, hint }): Issue => ({
      rule: code,
      address: `${file}:${line}:${column}`,
      severity: severity === 'error' ? 'critical' : 'medium',
      message,
      fix: hint ?? `See: schemactl explain ${code}`,
      count: 0,
      position: { file, line, column },
    }),
  );
  const whole: Issue = {
    ...{ rule: error.code, address: command, severity: 'critical', message: error.message, fix, count: 0 },
    position: null,
  };
  const issues = inFiles.length === 0 ? [whole] : inFiles;
  const looked = issues.map(({ rule, address, position }) => ({
    rule,
    address,
    collection: position?.file ?? command,
  }));
  return { command, version, database: '', looked, issues };
}

const room = 50_000;

function failureMarkdown(error: SchemactlError, command: string): string {
  const lines = errorText(error, plainTheme).trimEnd().split('\n');
  const [text, left] = fitting(
    lines.map((line) => `${line}\n`),
    room,
  );
  const [first = ''] = error.message.split('\n');
  const title = error.diagnostics.length === 0 ? first : `${error.diagnostics.length} in the files`;
  return `### schemactl ${command} failed: ${plain(title)}\n\n${block(left === 0 ? text : `${text}…\n`)}`;
}

function failureHtml(error: SchemactlError, command: string): string {
  return page(
    `schemactl ${command} failed`,
    html`<p class="soft">schemactl ${command}</p>
<div class="verdict bad"><h1>Failed</h1><pre>${htmlLines(errorText(error, plainTheme))}</pre></div>`,
  );
}

/** A failure in every format that knows one. */
export function failureRenderers(
  error: SchemactlError,
  command: string,
  version: string,
): Readonly<Record<FailureFormat, () => string>> {
  return {
    text: () => errorText(error, plainTheme),
    json: () => errorJson(error),
    markdown: () => failureMarkdown(error, command),
    html: () => failureHtml(error, command),
    github: () => githubText(failureIssues(error, command, version)),
    sarif: () => sarifText(failureIssues(error, command, version)),
    junit: () => junitText(failureIssues(error, command, version)),
  };
}
