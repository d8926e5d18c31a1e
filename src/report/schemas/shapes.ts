import { languageSchema } from '../../state/language.ts';
import type { JsonSchema } from '../../state/language/schema.ts';
import { planSchema } from './plan.ts';
import {
  checkSchema,
  diffSchema,
  explainSchema,
  grantsSchema,
  initSchema,
  snapshotSchema,
  validateSchema,
} from './results.ts';
import { errorSchema, eventSchema, historySchema, runSchema, statusSchema } from './run.ts';
import { doctorSchema, driftSchema, purgeSchema } from './watching.ts';

/** The JSON Schemas (draft-07) of all that is read and printed as JSON, by name; `language` is that of the YAML files. */
export const jsonSchemas: Readonly<Record<string, JsonSchema>> = {
  language: languageSchema,
  plan: planSchema,
  snapshot: snapshotSchema,
  event: eventSchema,
  error: errorSchema,
  check: checkSchema,
  status: statusSchema,
  history: historySchema,
  run: runSchema,
  drift: driftSchema,
  doctor: doctorSchema,
  purge: purgeSchema,
  diff: diffSchema,
  validate: validateSchema,
  init: initSchema,
  grants: grantsSchema,
  explain: explainSchema,
};
