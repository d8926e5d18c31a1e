import { type Doc, docOf, int, type Value } from '../state/value.ts';

/** Something the data must be asked: a pipeline that yields nothing, or one document `{ n, sample }`, perhaps with other numbers. */
export interface Question {
  readonly id: string;
  readonly collection: string;
  readonly pipeline: readonly Value[];
  /** Cheaper pipelines, asked first: where each of them yields nothing, so would the question. */
  readonly screens?: readonly (readonly Value[])[];
  /** Where text is to be compared otherwise than the collection does. */
  readonly collation?: Doc;
  /** Whose expression of the user's own is evaluated, and may fail on a document. */
  readonly evaluates?: string;
  /** The address whose expression is asked: what the server has against it is said of that declaration. */
  readonly blames?: string;
  /** Whether a count over a sample of the documents, scaled up, may stand in for the exact one. */
  readonly mayEstimate: boolean;
  /** Whether it may stay without an exact answer where it takes too long: the pass itself asserts it. */
  readonly mayStayOpen?: boolean;
}

export interface Answer {
  readonly count: number;
  readonly exact: boolean;
  /** Up to five ids. */
  readonly sample: readonly Value[];
  /** Other numbers that the question asked for, by name. */
  readonly sums?: ReadonlyMap<string, number>;
}

/** What the data answered. */
export interface Facts {
  /** Documents by collection, for the collections that the plan touches. */
  readonly documents: ReadonlyMap<string, number>;
  readonly answers: ReadonlyMap<string, Answer>;
  /** Seconds that rewriting one document of a collection is expected to take, by collection; left out: not probed. */
  readonly pace?: ReadonlyMap<string, number>;
}

/** A collection that is not there: what is asked of it is only understood, and reads nothing. */
export const nowhere = 'schemactl_nothing';

export const nothingFound: Answer = { count: 0, exact: true, sample: [] };

/** Stages that count what comes through, with a few ids: one document `{ n, sample }`, or nothing. */
export const counted: readonly Value[] = [
  docOf({
    $facet: docOf({
      total: [docOf({ $count: 'n' })],
      some: [
        docOf({ $sort: docOf({ _id: int(1) }) }),
        docOf({ $limit: int(5) }),
        docOf({ $project: docOf({ _id: int(1) }) }),
      ],
    }),
  }),
  docOf({ $unwind: '$total' }),
  docOf({ $project: docOf({ n: '$total.n', sample: '$some._id' }) }),
];
