import type { Case, Contender, Goal, Role, Row } from './row.ts';
import { median, medianRatio, type Sample, type ServerUse } from './sample.ts';

/** What a contender cost: medians, the most memory, and every round. */
export interface ContenderResult {
  readonly name: string;
  readonly role: Role;
  readonly ms: number;
  readonly cpuMs: number;
  readonly rssBytes: number;
  /** Null where the contender watches no server. */
  readonly server: ServerUse | null;
  readonly rounds: readonly number[];
}

/** A ratio beside what it has to be. */
export interface Judgement {
  readonly text: string;
  readonly ratio: number;
  readonly atMost: number;
  readonly reached: boolean;
}

export interface CaseResult {
  readonly label: string;
  readonly size: number;
  readonly contenders: readonly ContenderResult[];
  readonly goals: readonly Judgement[];
}

export interface RowResult {
  readonly name: string;
  readonly title: string;
  readonly cases: readonly CaseResult[];
  readonly growth: readonly Judgement[];
}

type Samples = ReadonlyMap<Contender, readonly Sample[]>;

function serverUse(samples: readonly Sample[]): ServerUse | null {
  const found = samples.flatMap(({ server }) => server ?? []);
  if (found.length === 0) return null;
  const [cpuMs, oplogBytes] = [found.map((one) => one.cpuMs), found.map((one) => one.oplogBytes)];
  return { cpuMs: median(cpuMs), oplogBytes: median(oplogBytes) };
}

function summarise({ name, role }: Contender, samples: readonly Sample[]): ContenderResult {
  return {
    name,
    role,
    ms: median(samples.map(({ ms }) => ms)),
    cpuMs: median(samples.map(({ cpuMs }) => cpuMs)),
    rssBytes: Math.max(...samples.map(({ rssBytes }) => rssBytes)),
    server: serverUse(samples),
    rounds: samples.map(({ ms }) => ms),
  };
}

const judge = (text: string, ratio: number, atMost: number): Judgement => ({
  text,
  ratio,
  atMost,
  reached: ratio <= atMost,
});

function judgeGoal({ ours, against, atMost }: Goal, samples: Samples): Judgement {
  const named = (name: string): readonly Sample[] => [...samples].find(([own]) => own.name === name)?.[1] ?? [];
  const [best] = [...against].sort((a, b) => medianOf(named(a)) - medianOf(named(b)));
  return judge(`${ours} ÷ ${best ?? ''}`, medianRatio(named(ours), named(best ?? '')), atMost);
}

const medianOf = (samples: readonly Sample[]): number => median(samples.map(({ ms }) => ms));

/** The figures of a case, and its ratios. */
export function judgeCase(row: Row, { label, size }: Case, samples: Samples): CaseResult {
  return {
    label,
    size,
    contenders: [...samples].map(([contender, found]) => summarise(contender, found)),
    goals: row.goals.map((goal) => judgeGoal(goal, samples)),
  };
}

/** How a row's cost grows from its smallest to its largest case; nothing where it has one case. */
export function judgeGrowth(row: Row, cases: readonly CaseResult[]): readonly Judgement[] {
  const [first, last] = [cases.at(0), cases.at(-1)];
  if (first === undefined || last === undefined || first.size === last.size) return [];
  return row.growth.map(({ ours, what, atMost }) => {
    const cost = ({ contenders }: CaseResult): number => {
      const found = contenders.find(({ name }) => name === ours);
      return (what === 'time' ? found?.ms : found?.rssBytes) ?? Number.NaN;
    };
    return judge(`${what} of ${ours}: ${last.label} ÷ ${first.label}`, cost(last) / cost(first), atMost);
  });
}
