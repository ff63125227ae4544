import { exclusionOf } from "./exclusions";
import { both, over, type Row, type Tree } from "./row";
import { type RunnerKind, runners } from "./runners";

/** Two options of a runner. */
export interface Pair {
  runner: RunnerKind;
  label: string;
  args: Tree;
  /** What it is refused with; undefined for two that go together. */
  refused: readonly string[] | undefined;
}

/** What a runner with one option is given besides what it can't do without. */
export function alone(row: Row): Tree {
  return over(row.needs(row.set), row.set);
}

function together(one: Row, other: Row): Tree {
  const set = both(one.set, other.set);
  const first = one.needs(set);
  return over(over(other.needs(over(first, set)), first), set);
}

/** All pairs of options. Those of two options that all runners have are of one runner only. */
export function allPairs(): Pair[] {
  return runners.flatMap((runner, index) =>
    runner.rows.flatMap((one, place) =>
      runner.rows
        .slice(place + 1)
        .filter((other) => one.path !== other.path && (index === 0 || runner.own.includes(other)))
        .map((other) => ({
          runner,
          label: `${runner.name}: ${one.label} with ${other.label}`,
          args: together(one, other),
          refused: exclusionOf(one, other),
        })),
    ),
  );
}
