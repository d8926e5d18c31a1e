import type { Severity } from './types.ts';
import type { Value } from './value.ts';

/** What `check` found to be against one rule. */
export interface Finding {
  /** The name of a declared check, or what the rule is about: `required`, `type`, `enum`, `format`, `range`, `orphan`, `settled`. */
  readonly rule: string;
  readonly address: string;
  readonly collection: string;
  readonly severity: Severity;
  /** Documents; of a pipeline, what it yields. */
  readonly count: number;
  /** False where the count was estimated from a sample. */
  readonly exact: boolean;
  /** Of the documents of the collection, from 0 to 1. */
  readonly share: number;
  /** Up to five ids. */
  readonly sample: readonly Value[];
  readonly message: string;
  readonly fix: string;
  /** What lists all of these documents in mongosh, of a named check; null of other rules. */
  readonly query: string | null;
}

/** A rule that was looked at. */
export interface LookedAt {
  readonly rule: string;
  readonly address: string;
  readonly collection: string;
}

/** A named check that the server could not answer. */
export interface FailedCheck extends LookedAt {
  readonly severity: Severity;
  /** Why, without any value of a document. */
  readonly failure: string;
}

/** What `check` looked at, and what it found, worst first. */
export interface CheckResult {
  readonly database: string;
  readonly rules: readonly LookedAt[];
  readonly collections: number;
  /** Declared collections that do not exist, so that nothing can be said of them. */
  readonly missing: readonly string[];
  /** Named checks that the server could not answer. */
  readonly failed: readonly FailedCheck[];
  /** Declared rules that may be broken though nothing was found: not selected, failed, not there, or seen only in a sample. */
  readonly undecided: readonly LookedAt[];
  /** The most documents of a collection that were looked at; null: all. */
  readonly sampled: number | null;
  readonly findings: readonly Finding[];
}
