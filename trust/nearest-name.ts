/** The name that was likely meant, if it differs by a third of its letters at most, not counting case and separators. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const wanted = plain(name);
  const [best] = known
    .map((other) => ({ name: other, distance: distance(wanted, plain(other)) }))
    .sort((left, right) => left.distance - right.distance);
  return best !== undefined && best.distance <= Math.max(1, Math.floor(wanted.length / 3)) ? best.name : undefined;
}

const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, "");

/** How many letters have to be added, left out, changed, or swapped with the next one. */
function distance(one: string, other: string): number {
  const rows = [...Array(one.length + 1).keys()].map((row) => [row]);
  const at = (row: number, column: number) => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  rows[0] = [...Array(other.length + 1).keys()];
  for (let row = 1; row <= one.length; row += 1) {
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1];
      const swapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      (rows[row] as number[])[column] = Math.min(
        at(row - 1, column) + 1,
        at(row, column - 1) + 1,
        at(row - 1, column - 1) + (same ? 0 : 1),
        swapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
  }
  return at(one.length, other.length);
}
