/** One line of Prometheus' text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g;

export function parseMetrics(text: string): Sample[] {
  return text.split("\n").flatMap((line) => {
    const [, name, labels = "", value] = LINE.exec(line) ?? [];
    if (name === undefined || value === undefined) return [];
    const named = [...labels.matchAll(LABEL)].map(([, label = "", written = ""]) => [label, unescaped(written)]);
    return [{ name, labels: Object.fromEntries(named) as Record<string, string>, value: numberOf(value) }];
  });
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_both, letter: string) => (letter === "n" ? "\n" : letter));
}

function numberOf(text: string): number {
  return text === "+Inf" ? Number.POSITIVE_INFINITY : Number(text);
}
