import { type Summary, summarize } from "./statistics";

/** One measurement of both sides, by the names of what was measured. */
export interface Pair {
  subject: Record<string, number>;
  reference: Record<string, number>;
}

/** A side of a row: what it is, and what its measurements came to. */
export interface Side extends Summary {
  what: string;
}

/** What a row compares. */
export interface RowPlan {
  /** Unique, with slashes: `entrypoint/cli`. */
  name: string;
  /** Which measurement of a pair it is about. */
  metric: string;
  /** Unit of both sides' numbers. */
  unit: "ms" | "MB" | "1/s";
  /** Largest ratio that is good. Default: the ratio is only stated. */
  target?: number;
  /** Largest median of the subject that is good, in `unit`. Default: none. */
  limit?: number;
  subject: string;
  reference: string;
}

/** A line of the result. */
export interface Row {
  name: string;
  /** Median of the pairs' ratios, subject to reference; null when nothing was measured. */
  ratio: number | null;
  /** Quartiles of the pairs' ratios. */
  spread: [number, number] | null;
  target: number | null;
  limit: number | null;
  unit: RowPlan["unit"];
  subject: Side | null;
  reference: Side | null;
  /** Number of pairs. */
  pairs: number;
  /** Whether target and limit are kept; null when there are none, or nothing was measured. */
  ok: boolean | null;
  /** What one has to know to read it. */
  notes: string[];
}

/** The row of a plan: medians of what was measured in pairs. */
export function rowOf(plan: RowPlan, pairs: readonly Pair[], notes: string[] = []): Row {
  const values = (side: keyof Pair) => pairs.map((pair) => measuredIn(pair[side], plan));
  const [subject, reference] = [values("subject"), values("reference")];
  const ratios = summarize(subject.map((value, index) => value / (reference[index] as number)));
  const summary = summarize(subject);
  return {
    ...emptyRow(plan, notes),
    ratio: ratios.median,
    spread: ratios.quartiles,
    subject: { what: plan.subject, ...summary },
    reference: { what: plan.reference, ...summarize(reference) },
    pairs: pairs.length,
    ok: isOk(plan, ratios.median, summary.median),
  };
}

/** A row that says why nothing was measured. */
export function emptyRow({ name, target, limit, unit }: RowPlan, notes: string[]): Row {
  return {
    name,
    ratio: null,
    spread: null,
    target: target ?? null,
    limit: limit ?? null,
    unit,
    subject: null,
    reference: null,
    pairs: 0,
    ok: null,
    notes,
  };
}

function measuredIn(measured: Record<string, number>, { name, metric }: RowPlan): number {
  const value = measured[metric];
  if (value === undefined || !Number.isFinite(value) || value <= 0) {
    throw new RangeError(`${name}: ${metric} was measured as ${value}`);
  }
  return value;
}

function isOk({ target, limit }: RowPlan, ratio: number, median: number): boolean | null {
  if (target === undefined && limit === undefined) {
    return null;
  }
  return (target === undefined || ratio <= target) && (limit === undefined || median <= limit);
}
