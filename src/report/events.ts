/** What a run tells while it goes: the shape of `--format json`, one object a line. */
export type RunEvent =
  | {
      readonly event: 'lock';
      readonly run: number | null;
      readonly leaseSeconds: number;
      readonly takenOverFrom: string | null;
    }
  | {
      readonly event: 'run';
      readonly run: number;
      readonly kind: 'apply' | 'rollback';
      readonly steps: number;
      readonly resumes: boolean;
    }
  | {
      readonly event: 'settled';
      readonly run: number;
      readonly outcome: 'continued' | 'closed';
      readonly message: string;
    }
  | {
      readonly event: 'unit-started';
      readonly unit: string;
      readonly title: string;
      readonly steps: readonly string[];
      readonly documents: number | null;
    }
  | {
      readonly event: 'progress';
      readonly unit: string;
      readonly documents: number;
      readonly total: number | null;
      readonly perSecond: number;
      /** Documents of the last batch, and for how long it rested after it, in seconds. */
      readonly batch: number;
      readonly rested: number;
    }
  /** The server is given room: as `--throttle N/s` has it, or others are at work, or members lag behind. */
  | { readonly event: 'throttled'; readonly unit: string; readonly reason: string }
  /** Something takes its time: what is waited for, and which members do not answer. */
  | { readonly event: 'waiting'; readonly message: string }
  | {
      readonly event: 'unit-done';
      readonly unit: string;
      readonly title: string;
      readonly documents: number | null;
      readonly seconds: number;
    }
  /** What old runs kept to be rolled back with was forgotten: its time was up. */
  | {
      readonly event: 'purged';
      readonly runs: readonly number[];
      readonly bytes: number;
      readonly collections: number;
      readonly leftovers: number;
    }
  | { readonly event: 'warning'; readonly code: string; readonly address: string; readonly message: string }
  | {
      readonly event: 'done';
      readonly run: number | null;
      readonly outcome: string;
      readonly exitCode: number;
      readonly steps: { readonly done: number; readonly left: number };
      /** Null where they could not be counted. */
      readonly late: number | null;
      readonly seconds: number;
      readonly documents: number;
      /** Addresses for which nothing was kept to take them back with. */
      readonly irreversible: readonly string[];
    };
