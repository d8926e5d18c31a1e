import type { ErrorObject, ValidateFunction } from 'ajv';
import { languageSchema } from './language.ts';
import type { JsonSchema } from './language/schema.ts';
import { loadAjv } from './libraries.ts';
import { type Found, reportError, reportWrongType } from './shape-messages.ts';
import { isSound } from './sound.ts';
import { toJson, type YamlNode } from './yaml/node.ts';
import type { Report } from './yaml/place.ts';

const compiled = new Map<JsonSchema, ValidateFunction>();

/** Compiled at first use: whoever reads what is sound does not pay for it. */
function validatorOf(schema: JsonSchema): ValidateFunction {
  const { Ajv } = loadAjv();
  const ajv = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true, logger: false });
  const validate = compiled.get(schema) ?? ajv.compile(schema);
  compiled.set(schema, validate);
  return validate;
}

/** Follows a JSON pointer as ajv writes it. */
function locate(root: YamlNode, pointer: string): Found {
  let found: Found = { node: root, key: null, label: 'the file' };
  for (const step of pointer.split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    const { node, label } = found;
    if (node.kind === 'map') {
      const entry = node.entries.get(name);
      if (entry !== undefined) found = { node: entry.value, key: entry.key, label: `"${name}"` };
    } else if (node.kind === 'list') {
      const item = node.items[Number(name)];
      if (item !== undefined) found = { node: item, key: null, label: `item ${Number(name) + 1} of ${label}` };
    }
  }
  return found;
}

/** Of an `anyOf` only the branch of the value's own kind speaks; if it has none, the kinds that would do are named. */
function withoutOtherBranches(errors: readonly ErrorObject[], root: YamlNode, report: Report): readonly ErrorObject[] {
  const unions = errors.filter(({ keyword }) => keyword === 'anyOf');
  const dropped = new Set<ErrorObject>(unions);
  for (const union of unions) {
    const branches = union.parentSchema?.['anyOf'] as readonly { type: string }[];
    const inside = errors.filter(
      ({ schemaPath, instancePath }) =>
        schemaPath.startsWith(`${union.schemaPath}/`) && instancePath.startsWith(union.instancePath),
    );
    const wrong = branches.map((_, at) =>
      inside.some(
        ({ keyword, schemaPath, instancePath }) =>
          keyword === 'type' && schemaPath === `${union.schemaPath}/${at}/type` && instancePath === union.instancePath,
      ),
    );
    for (const error of inside) {
      const branch = Number(error.schemaPath.slice(union.schemaPath.length + 1).split('/')[0]);
      if (wrong[branch] === true) dropped.add(error);
    }
    if (wrong.every(Boolean)) {
      const found = locate(root, union.instancePath);
      if (!isUnreadable(found.node))
        reportWrongType(
          branches.map(({ type }) => type),
          found,
          report,
        );
    }
  }
  return errors.filter((error) => !dropped.has(error));
}

const isUnreadable = (node: YamlNode): boolean => node.kind === 'scalar' && node.value === undefined;

/**
 * Reports everything about a file's shape that a JSON Schema refuses, at the YAML node; that of the language by default.
 * A value of the wrong type is reported once; what could not be read was reported before.
 */
export function checkShape(root: YamlNode, report: Report, schema: JsonSchema = languageSchema): void {
  const json = toJson(root);
  if (schema === languageSchema && isSound(json)) return;
  const validate = validatorOf(schema);
  if (validate(json)) return;
  const errors = withoutOtherBranches(validate.errors ?? [], root, report);
  const mistyped = new Set(errors.filter(({ keyword }) => keyword === 'type').map(({ instancePath }) => instancePath));
  for (const error of errors) {
    if (error.keyword !== 'type' && mistyped.has(error.instancePath)) continue;
    const found = locate(root, error.instancePath);
    if (!isUnreadable(found.node)) reportError(error, found, report);
  }
}
