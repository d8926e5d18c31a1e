/** What a command may use of the process it runs in; `cli.ts` alone knows the process itself. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
  readonly host: string;
  readonly user: string;
  readonly pid: number;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** What is good to know beside the result; nothing under --quiet. */
  readonly warn: (text: string) => void;
  /** What is sent to the server, a line a command; null unless --verbose. */
  readonly trace: ((line: string) => void) | null;
  /** Where a line may be drawn anew; used only while `interactive`. */
  readonly terminal: NodeJS.WriteStream;
  /** Whether standard output and input are a terminal: only then may anything move or ask. */
  readonly interactive: boolean;
  readonly colour: boolean;
  readonly columns: number;
  readonly now: () => Date;
  /** Aborted by the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  /**
   * Runs what must be ended in an orderly way: a first Ctrl-C then only aborts `signal`, a second leaves at once and says
   * `leaving`; outside it the first ends the process.
   */
  readonly orderly: <T>(work: () => Promise<T>, leaving: string) => Promise<T>;
  /** Called when the process ends however it ends, as far as it can still do something. */
  readonly atExit: (work: () => Promise<void>) => void;
}
