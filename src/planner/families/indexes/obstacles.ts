import type { Value } from '../../../state/value.ts';
import type { Violation } from '../../contract.ts';
import type { NamedIndex } from '../../operation.ts';
import { arraysPipeline } from './arrays.ts';
import { geometryPipelines } from './geometry.ts';
import { languagePipeline } from './text-language.ts';

/** Documents that would make the build of an index fail. */
interface Obstacle {
  /** What is asked, within the index. */
  readonly name: string;
  readonly code: Violation['code'];
  /** What the documents do: `2 documents hold …`. */
  readonly words: string;
  readonly pipeline: readonly Value[];
}

/** Everything that documents can hold and this index cannot. */
export function obstaclesOf(index: NamedIndex): readonly Obstacle[] {
  const arrays = arraysPipeline(index);
  const languages = languagePipeline(index);
  const places = geometryPipelines(index);
  return [
    ...(arrays === null
      ? []
      : [
          {
            name: 'arrays',
            code: 'parallel-arrays',
            words: 'hold arrays that the index cannot hold together',
            pipeline: arrays,
          } as const,
        ]),
    ...(languages === null
      ? []
      : [
          {
            name: 'languages',
            code: 'not-indexable',
            words: 'name a language that a text index does not know',
            pipeline: languages,
          } as const,
        ]),
    ...places.map(
      (pipeline, at) =>
        ({ name: `places ${at}`, code: 'not-indexable', words: 'hold what is no place on the map', pipeline }) as const,
    ),
  ];
}
