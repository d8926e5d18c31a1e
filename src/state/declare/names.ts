import type { Place, Report } from '../yaml/place.ts';

const maxCollectionBytes = 200;

const anotherName = 'choose another name';

/** Bytes of UTF-8. */
function byteLength(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) as number;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}

function collectionProblem(name: string): string | null {
  if (name === '') return 'a collection needs a name';
  if (name.includes('\0')) return 'a collection name cannot hold NUL';
  if (name.includes('$')) return `the collection name "${name}" holds $, which MongoDB refuses`;
  if (name.startsWith('.') || name.endsWith('.')) return `the collection name "${name}" begins or ends with a dot`;
  if (name.startsWith('system.')) return `"${name}" is one of MongoDB's own collections`;
  if (name.startsWith('schemactl_')) return `"${name}" is one of schemactl's own collections and cannot be declared`;
  if (byteLength(name) > maxCollectionBytes) {
    return `a collection name is longer than ${maxCollectionBytes} bytes (a namespace has at most 255)`;
  }
  return null;
}

/** Reports a name that no collection can have; the server's rules for namespaces, and our own prefix. */
export function checkCollectionName(name: string, place: Place, report: Report): boolean {
  const problem = collectionProblem(name);
  if (problem !== null) report('SCH2111', place, problem, anotherName);
  return problem === null;
}

/** Reports a name that cannot be one step of a field path. */
export function checkFieldName(name: string, place: Place, report: Report): boolean {
  if (name === '') report('SCH2111', place, 'a field needs a name', 'write one before the colon');
  else if (name.includes('.')) {
    report(
      'SCH2111',
      place,
      `the field name "${name}" holds a dot`,
      'declare nested fields under "fields" of their object',
    );
  } else if (name.startsWith('$')) report('SCH2111', place, `the field name "${name}" begins with $`, anotherName);
  else return true;
  return false;
}

/** Parts of a DBRef; the only names with $ that stored documents may have on every supported server. */
const dbRef = new Set(['$ref', '$id', '$db']);

/** Reports a dotted path that the server refuses: empty steps, steps with $. `$**` may end the path of an index key. */
export function checkPath(path: string, place: Place, report: Report, isIndexKey = false): boolean {
  const steps = path.split('.');
  const last = steps.length - 1;
  const bad = steps.find((step, at) => {
    if (step === '' || step.includes('\0')) return true;
    if (isIndexKey && at === last && step === '$**') return false;
    return step.startsWith('$') && !(at > 0 && dbRef.has(step));
  });
  if (bad === undefined) return true;
  const why = bad === '' ? 'has an empty step' : `has the step "${bad}"`;
  report('SCH2111', place, `the field path "${path}" ${why}`, 'name fields, with one dot between two: address.city');
  return false;
}
