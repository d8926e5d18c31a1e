import { plural } from '../state/words.ts';
import type { validFormats } from './formats.ts';
import { githubText } from './issues/github.ts';
import type { Issues } from './issues/issue.ts';
import { junitText } from './issues/junit.ts';
import { sarifText } from './issues/sarif.ts';
import { plain } from './markdown.ts';
import { type ValidFiles, validText } from './valid-text.ts';

/** That they are sound, in every format; what is wrong with files is a failure, said elsewhere. */
export function validRenderers(valid: ValidFiles): Readonly<Record<(typeof validFormats)[number], () => string>> {
  const { version, files, from, holds } = valid;
  const looked = files.map((file) => ({ rule: 'valid', address: file, collection: file }));
  const issues: Issues = { command: 'validate', version, database: '', looked, issues: [] };
  return {
    text: () => validText(valid),
    json: () => `${JSON.stringify({ formatVersion: 1, valid: true, files: files.length, holds })}\n`,
    markdown: () =>
      `### schemactl validate: ${plural(files.length, 'file')} valid\n\n${plain(from)}: ${plain(holds)}.\n`,
    github: () => githubText(issues),
    sarif: () => sarifText(issues),
    junit: () => junitText(issues),
  };
}
