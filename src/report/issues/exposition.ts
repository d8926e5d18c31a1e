import { printable } from '../../state/frame.ts';

type Labels = Readonly<Record<string, string>>;

/** As the text format wants the value of a label (prometheus.io, "Exposition formats"); nothing in it acts on a terminal. */
const label = (text: string): string =>
  text
    .split('\n')
    .map((line) => printable(line).replaceAll('\\', '\\\\').replaceAll('"', '\\"'))
    .join('\\n');

const sample = (name: string, labels: Labels, value: number): string => {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${label(text)}"`);
  return `${name}{${pairs.join(',')}} ${value}`;
};

/** A gauge in the text format of Prometheus, a line each. */
export function gauge(name: string, help: string, samples: readonly (readonly [Labels, number])[]): readonly string[] {
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...samples.map(([labels, value]) => sample(name, labels, value)),
  ];
}
