import { canonicalText, isText, textLanguages } from '../../../state/canonical/text.ts';
import { doc, docOf, isDoc, scalar, type Value } from '../../../state/value.ts';
import type { NamedIndex } from '../../operation.ts';
import { counted } from '../../questions.ts';
import { withinFilter } from './within.ts';

const otherThanText = [
  ...['double', 'object', 'array', 'binData', 'undefined', 'objectId', 'bool', 'date', 'null', 'regex', 'dbPointer'],
  ...['javascript', 'symbol', 'javascriptWithScope', 'int', 'timestamp', 'long', 'decimal', 'minKey', 'maxKey'],
];
const unknown = scalar('regex', `i/^(?!(${textLanguages.join('|')})$)`);

/** The document itself and the objects that lead to the fields of a text index: each may name its own language. */
function levels(index: NamedIndex): readonly string[] {
  const weights = canonicalText(index).options['weights'];
  const fields = isDoc(weights) ? [...weights.keys()].filter((field) => field !== '$**') : [];
  const above = fields.flatMap((field) => {
    const steps = field.split('.');
    return steps.slice(0, -1).map((_, at) => `${steps.slice(0, at + 1).join('.')}.`);
  });
  return [...new Set(['', ...above])];
}

/** Where a document may name the language of its text; nowhere without a text index. */
export function languageFields(index: NamedIndex): readonly string[] {
  if (!isText(index)) return [];
  const field = String(index.options['language_override'] ?? 'language');
  return levels(index).map((level) => `${level}${field}`);
}

/**
 * Counts documents that name a language which a text index does not know (17262), or what is no name at all (17261).
 * Null: no text index.
 */
export function languagePipeline(index: NamedIndex): readonly Value[] | null {
  if (!isText(index)) return null;
  const wrong = languageFields(index).flatMap((field) => [
    doc([field, docOf({ $type: otherThanText })]),
    doc([field, docOf({ $regex: unknown })]),
  ]);
  return [...withinFilter(index), docOf({ $match: docOf({ $or: wrong }) }), ...counted];
}
