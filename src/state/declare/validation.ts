import { addressOf } from '../address.ts';
import type { FieldDeclaration, ValidationDeclaration } from '../types.ts';
import { type Doc, doc } from '../value.ts';
import { buildValidator } from '../validator.ts';
import { toDoc } from '../yaml/extended.ts';
import { entryOf, flagAt, textAt, type YamlEntry, type YamlNode } from '../yaml/node.ts';
import { type Context, milestoneOf, recordSource } from './context.ts';
import { checkValidator } from './read-only.ts';

/** A raw validator as it is written; null if it is none, which is reported. */
function readRule({ key, value }: YamlEntry, context: Context): Doc | null {
  if (value.kind !== 'map') return null;
  if (value.entries.size === 0) {
    const hint = 'write "validation: { absent: true }" if there must be no validator';
    context.report('SCH2103', key, 'an empty validator is none', hint);
    return null;
  }
  checkValidator(value, context);
  return toDoc(value, context.report);
}

function checkAbsent(collection: YamlNode, settings: YamlNode, { report }: Context): void {
  const beside = [entryOf(settings, 'level'), entryOf(settings, 'action'), entryOf(collection, 'validator')];
  for (const entry of beside) {
    if (entry === undefined) continue;
    report('SCH2116', entry.key, `"${entry.name}" cannot stand beside "validation: { absent: true }"`);
  }
}

/**
 * The validator that a collection's entry declares; null where it mentions neither `validation` nor `validator`.
 * Level strict and action error where they are left out, as on the server. Findings are reported.
 */
export function readValidation(
  name: string,
  collection: YamlNode,
  fields: readonly FieldDeclaration[],
  context: Context,
): ValidationDeclaration | null {
  const settings = entryOf(collection, 'validation')?.value;
  const raw = entryOf(collection, 'validator');
  const entry = raw ?? entryOf(collection, 'validation');
  if (entry === undefined) return null;
  recordSource(context, addressOf.validator(name), entry.key);
  const milestone = settings === undefined ? null : milestoneOf(settings, context);
  if (settings !== undefined && flagAt(settings, 'absent')) {
    checkAbsent(collection, settings, context);
    return { source: 'fields', validator: null, milestone };
  }
  const rule = raw === undefined ? buildValidator(fields, context.formats) : readRule(raw, context);
  if (rule === null) return null;
  const level = textAt(settings, 'level') ?? 'strict';
  const action = textAt(settings, 'action') ?? 'error';
  const validator = doc(['rule', rule], ['level', level], ['action', action]);
  return { source: raw === undefined ? 'fields' : 'raw', validator, milestone };
}
