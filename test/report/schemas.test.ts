import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodePlan } from '../../src/planner/codec.ts';
import { jsonSchemas } from '../../src/report/schemas/shapes.ts';
import { unlessRefused, worlds } from '../property/worlds.ts';
import { planOf } from '../planner/support.ts';
import { expectShape, hasShape } from '../support/json-schemas.ts';
import { runs } from '../support/generators.ts';
import { hostilePlan } from './plan-reviews.ts';

test.each(Object.keys(jsonSchemas))('%s is a schema of draft-07, and the package ships it', (name) => {
  const schema = jsonSchemas[name]!;
  expect(schema['$schema']).toBe('http://json-schema.org/draft-07/schema#');
  expect(new Ajv().validateSchema(schema)).toBe(true);
  const file = name === 'language' ? 'schema.json' : `schemas/${name}.json`;
  expect(JSON.parse(readFileSync(new URL(`../../dist/${file}`, import.meta.url), 'utf8'))).toEqual(schema);
});

test('every key of the language and every member of a shape says in a hover what it is', () => {
  const silent: string[] = [];
  const visit = (schema: unknown, at: string): void => {
    if (schema === null || typeof schema !== 'object') return;
    for (const [name, part] of Object.entries((schema as { properties?: object }).properties ?? {})) {
      const { description, $ref, anyOf } = part as {
        description?: string;
        $ref?: string;
        anyOf?: { description?: string }[];
      };
      const isFixed = 'const' in (part as object);
      if (description === undefined && $ref === undefined && !isFixed && !anyOf?.some((each) => each.description))
        silent.push(`${at}.${name}`);
    }
    for (const [name, part] of Object.entries(schema)) visit(part, `${at}.${name}`);
  };
  for (const [name, schema] of Object.entries(jsonSchemas)) visit(schema, name);
  expect(silent).toEqual([]);
});

describe('the plan file', () => {
  test('generated plans have its shape', () => {
    let plans = 0;
    const check = (world: Parameters<typeof planOf>[0]): void => {
      const plan = unlessRefused(() => planOf(world));
      if (plan === null) return;
      plans += 1;
      expectShape('plan', encodePlan(plan));
    };
    fc.assert(fc.property(worlds, check), runs);
    expect(plans).toBeGreaterThan(20);
  });

  const plan = JSON.parse(encodePlan(hostilePlan)) as { steps: { reversal: object }[] };

  test.each([
    ['as it is', plan, true],
    ['with a member that nobody told of', { ...plan, more: 1 }, false],
    ['without its checksum', { ...plan, checksum: undefined }, false],
    ['of another format', { ...plan, formatVersion: 2 }, false],
    ['with a way back that is none', { ...plan, steps: [{ ...plan.steps[0], reversal: { kind: 'perhaps' } }] }, false],
  ])('%s', (_, value, expected) => {
    expect(hasShape('plan', JSON.parse(JSON.stringify(value)))).toBe(expected);
  });
});
