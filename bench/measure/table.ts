import type { Row, Side } from "./row";

/** The rows as text: a table, what one has to know below it, and which targets are missed. */
export function table(rows: readonly Row[]): string {
  const cells = [
    ["", "ratio", "half between", "target", "median", "against", "pairs", ""],
    ...rows.map((row) => [
      row.name,
      row.ratio === null ? "-" : `${digits(row.ratio)} x`,
      row.spread === null ? "-" : `${digits(row.spread[0])} to ${digits(row.spread[1])}`,
      goal(row),
      amount(row.subject, row),
      amount(row.reference, row),
      String(row.pairs),
      row.ok === false ? "MISSED" : row.ok === true ? "ok" : "",
    ]),
  ];
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map((line) => (line[column] as string).length))) ?? [];
  const lines = cells.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return [...lines, "", ...explanations(rows), summary(rows)].join("\n");
}

function goal({ target, limit, unit }: Row): string {
  const parts = [
    ...(target === null ? [] : [`<= ${digits(target)} x`]),
    ...(limit === null ? [] : [`<= ${limit} ${unit}`]),
  ];
  return parts.join(", ") || "-";
}

function amount(side: Side | null, { unit }: Row): string {
  return side === null ? "-" : `${digits(side.median)} ${unit}`;
}

/** What the rows are, told once for those that share it. */
function explanations(rows: readonly Row[]): string[] {
  const names = new Map<string, string[]>();
  for (const row of rows) {
    const what = row.subject === null ? [] : [`${row.subject.what}, against ${row.reference?.what}`];
    const text = [...what, ...row.notes].map((line) => `  ${line}`).join("\n");
    names.set(text, [...(names.get(text) ?? []), row.name]);
  }
  return [...names].flatMap(([text, named]) => [named.join(", "), text, ""]);
}

function summary(rows: readonly Row[]): string {
  const missed = rows.filter(({ ok }) => ok === false).map(({ name }) => name);
  const held = rows.filter(({ ok }) => ok === true).length;
  return `${held} targets held, ${missed.length} missed${missed.length === 0 ? "" : `: ${missed.join(", ")}`}`;
}

/** Three digits that count. */
function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
