/** The collections that the rows read, declare and compare: all alike but for their names. */

export interface SampleIndex {
  readonly name: string;
  readonly key: readonly (readonly [field: string, direction: 1 | -1])[];
  readonly unique: boolean;
}

const fieldTypes = ['string', 'int', 'date', 'bool'] as const;
const fieldsEach = 20;

export const collectionName = (at: number): string => `collection_${String(at).padStart(5, '0')}`;

/** So many different indexes on two fields; the first one is unique. */
export function sampleIndexes(count: number): readonly SampleIndex[] {
  return Array.from({ length: count }, (_, at) => {
    const [first, second] = [`field_${at % fieldsEach}`, `field_${(at + 5) % fieldsEach}`];
    return {
      name: `${first}_1_${second}_-1`,
      key: [
        [first, 1],
        [second, -1],
      ],
      unique: at === 0,
    };
  });
}

function* linesOf(at: number, indexes: readonly SampleIndex[]): Generator<string> {
  yield `  ${collectionName(at)}:`;
  yield `    description: Collection ${at} of the benchmark`;
  yield '    fields:';
  for (let field = 0; field < fieldsEach; field += 1) {
    const type = fieldTypes[field % fieldTypes.length] ?? 'any';
    yield `      field_${field}: { type: ${type}, required: ${String(field % 3 === 0)}, description: "what ${field} holds" }`;
  }
  yield '    indexes:';
  for (const { key, unique } of indexes) {
    const fields = key.map(([field, direction]) => `${field}: ${direction}`).join(', ');
    yield `      - { key: { ${fields} }${unique ? ', unique: true' : ''} }`;
  }
}

/** A schema file that declares so many collections, each with 20 fields: about 1.8 kB a collection. */
export function schemaText(collections: number, indexes: number): string {
  const declared = sampleIndexes(indexes);
  const lines = Array.from({ length: collections }, (_, at) => [...linesOf(at, declared)]).flat();
  return `version: 1\ncollections:\n${lines.join('\n')}\n`;
}
