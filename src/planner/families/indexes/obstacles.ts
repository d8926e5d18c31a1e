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
  /** What a document does, and what several do: `2 documents hold …`. */
  readonly words: readonly [one: string, several: string];
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
            words: ['holds', 'hold'].map((verb) => `${verb} arrays that the index cannot hold together`) as [
              string,
              string,
            ],
            pipeline: arrays,
          } as const,
        ]),
    ...(languages === null
      ? []
      : [
          {
            name: 'languages',
            code: 'not-indexable',
            words: ['names', 'name'].map((verb) => `${verb} a language that a text index does not know`) as [
              string,
              string,
            ],
            pipeline: languages,
          } as const,
        ]),
    ...places.map(
      (pipeline, at) =>
        ({
          name: `places ${at}`,
          code: 'not-indexable',
          words: ['holds what is no place on the map', 'hold what is no place on the map'],
          pipeline,
        }) as const,
    ),
  ];
}
