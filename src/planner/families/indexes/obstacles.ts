import type { Value } from '../../../state/value.ts';
import type { Series } from '../../change.ts';
import type { Violation } from '../../contract.ts';
import type { NamedIndex } from '../../operation.ts';
import { arraysPipeline, measurementsPipeline } from './arrays.ts';
import { geometryPipelines } from './geometry.ts';
import { languagePipeline } from './text-language.ts';

/** Documents that would make the build of an index fail. */
export interface Obstacle {
  /** What is asked, within the index. */
  readonly name: string;
  readonly code: Violation['code'];
  /** What a document does, and what several do: `2 documents hold …`. */
  readonly words: readonly [one: string, several: string];
  readonly pipeline: readonly Value[];
}

/** Everything that documents can hold and this index, perhaps of a time series, cannot. */
export function obstaclesOf(index: NamedIndex, series: Series | null = null): readonly Obstacle[] {
  const asked = (
    name: string,
    code: Obstacle['code'],
    words: Obstacle['words'],
    pipeline: readonly Value[] | null,
  ): readonly Obstacle[] => (pipeline === null ? [] : [{ name, code, words, pipeline }]);
  const [together, measured, unknown, nowhere] = [
    'arrays that the index cannot hold together',
    'an array in a measurement, which an index of a time series cannot hold',
    'a language that a text index does not know',
    'what is no place on the map',
  ];
  return [
    ...asked('arrays', 'parallel-arrays', [`holds ${together}`, `hold ${together}`], arraysPipeline(index, series)),
    ...asked(
      'measurements',
      'not-indexable',
      [`holds ${measured}`, `hold ${measured}`],
      measurementsPipeline(index, series),
    ),
    ...asked('languages', 'not-indexable', [`names ${unknown}`, `name ${unknown}`], languagePipeline(index)),
    ...geometryPipelines(index).flatMap((pipeline, at) =>
      asked(`places ${at}`, 'not-indexable', [`holds ${nowhere}`, `hold ${nowhere}`], pipeline),
    ),
  ];
}
