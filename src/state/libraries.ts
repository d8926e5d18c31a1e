import { createRequire } from 'node:module';
import type * as Ajv from 'ajv';
import type * as Yaml from 'yaml';

/** Libraries that most runs never need are loaded when they are: together they take twice as long as starting Node. */
const require = createRequire(import.meta.url);

let yaml: typeof Yaml | undefined;

/** The reader that judges YAML files with something wrong or unusual in them. */
export function loadYaml(): typeof Yaml {
  return (yaml ??= require('yaml') as typeof Yaml);
}

/** What says where a file leaves the language, and how. */
export function loadAjv(): typeof Ajv {
  return require('ajv') as typeof Ajv;
}
