import type { CST, Document } from 'yaml';
import { loadYaml } from '../libraries.ts';
import { convert, maxDepth } from './convert.ts';
import type { YamlNode } from './node.ts';
import type { Place, Report, SourceFile } from './place.ts';

/** Larger than any schema that people review; bounds time and memory. */
export const maxLength = 32 * 1024 * 1024;
const maxSyntaxErrors = 20;
const schemaBeginning = 'a schema begins with "version: 1"';

/** Every scalar stays text (numbers are read by `readPlain`); repeated keys are found in linear time by `convert`. */
const options = { schema: 'failsafe', uniqueKeys: false, merge: false, strict: true, logLevel: 'silent' } as const;

const at = (file: SourceFile, start: number, end = start + 1): Place => ({ file, start, end });

/** The place of the first token that stands deeper than allowed; iterative, as the text may be hostile. */
function tooDeep(tokens: readonly CST.Token[]): number | null {
  const open: { token: CST.Token; depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (depth > maxDepth) return token.offset;
    if (token.type === 'document' && token.value !== undefined) open.push({ token: token.value, depth });
    if (!('items' in token)) continue;
    for (const { key, value } of token.items) {
      if (key) open.push({ token: key, depth: depth + 1 });
      if (value) open.push({ token: value, depth: depth + 1 });
    }
  }
  return null;
}

function reportSyntax(file: SourceFile, documents: readonly Document.Parsed[], report: Report): boolean {
  const errors = documents.flatMap((document) => document.errors);
  for (const { code, message, pos } of errors.slice(0, maxSyntaxErrors)) {
    const hint = code === 'TAB_AS_INDENT' ? 'indent with spaces' : undefined;
    report('SCH2101', at(file, Math.min(pos[0], Math.max(0, file.text.length - 1)), pos[1]), message, hint);
  }
  return errors.length > 0;
}

/**
 * Reads one YAML file into nodes with places. Null: it cannot be judged further, and why was reported:
 * syntax, size, depth, several documents, directives, an empty file or one that is not a map.
 */
export function readYaml(file: SourceFile, report: Report, beginning = schemaBeginning): YamlNode | null {
  const { text } = file;
  if (text.length > maxLength) {
    report('SCH2110', at(file, 0), `the file is larger than ${maxLength / 1024 / 1024} MiB`, 'split it by collection');
    return null;
  }
  const surrogate = text.search(/\p{Surrogate}/u);
  if (surrogate !== -1) {
    report(
      'SCH2101',
      at(file, surrogate),
      'half of a character (a lone surrogate) stands here',
      'write the whole character',
    );
    return null;
  }
  const documents = compose(file, report);
  return documents === null || reportSyntax(file, documents, report)
    ? null
    : onlyMap(file, documents, report, beginning);
}

/** The composed documents; null if the tokens alone are refused. The tokens are free again when this returns. */
function compose(file: SourceFile, report: Report): readonly Document.Parsed[] | null {
  const { Composer, Parser } = loadYaml();
  const tokens = [...new Parser().parse(file.text)];
  const deep = tooDeep(tokens);
  if (deep !== null) {
    report('SCH2110', at(file, deep), `nested deeper than ${maxDepth} levels`, 'declare less within each other');
    return null;
  }
  const directive = tokens.find((token) => token.type === 'directive');
  if (directive !== undefined) {
    report('SCH2109', at(file, directive.offset), 'YAML directives are not supported', 'leave the line out');
    return null;
  }
  return [...new Composer(options).compose(tokens, true, file.text.length)] as Document.Parsed[];
}

function onlyMap(
  file: SourceFile,
  documents: readonly Document.Parsed[],
  report: Report,
  beginning: string,
): YamlNode | null {
  const [first, second] = documents;
  if (second !== undefined) {
    const start = second.contents?.range[0] ?? second.range[0];
    report('SCH2109', at(file, start), 'a second YAML document begins here', 'one document a file; split the file');
    return null;
  }
  if (!first?.contents) {
    report('SCH2120', at(file, 0), 'the file is empty', beginning);
    return null;
  }
  const node = convert(first.contents, file, report);
  if (node.kind === 'map') return node;
  report('SCH2120', node, 'the file is not a map of declarations', beginning);
  return null;
}
