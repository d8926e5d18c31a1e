import { expect, test } from 'vitest';
import { paragraph } from '../../src/report/format.ts';

const id = '2997a23e-3d0c-4b0f-9d3e-8f4e7c1a2b3c';
const long = 'Lock held by somebody@a-machine-with-a-rather-long-name (process 12345, run 3); if it is dead';

test.each([
  [`${long}: schemactl unlock ${id}`, `schemactl unlock ${id}`],
  [
    `${long}: schemactl rollback --run 3 --exclude 'a b.**'; else wait`,
    "schemactl rollback --run 3 --exclude 'a b.**';",
  ],
  [`${long}: schemactl apply --allow a,b --only c, and more words`, 'schemactl apply --allow a,b --only c,'],
  [`${long}: schemactl plan --out plan.json. Nothing was written.`, 'schemactl plan --out plan.json.'],
  [`${long} (or: schemactl status --schema schema/) today`, 'schemactl status --schema schema/)'],
  [`${long}: schemactl purge (nothing else)`, 'schemactl purge'],
])('a command is never in two lines, and the sentence stays whole: %s', (text, command) => {
  const lines = paragraph(text, 40, '  ');
  expect(lines.some((line) => line.trim() === command || line.trim().startsWith(`${command} `))).toBe(true);
  expect(lines.map((line) => line.trim()).join(' ')).toBe(text);
  const others = lines.filter((line) => !line.includes('schemactl') && !line.includes('somebody@'));
  expect(others.every((line) => line.length <= 40)).toBe(true);
});
