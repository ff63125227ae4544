import { SUBJECT_BEGINNINGS } from "./subject-beginnings";

/** Tenants that have nothing in common, a short pair and a long one. Who admits both of a pair has named neither. */
const STRANGERS = [
  ["q7xz", "j4vk"],
  ["wq7xz0lmrp5tbnh2ycgdfs8e", "j4vk9uoai1zxqw3sdvbtrmnp"],
] as const;

/**
 * Whether a pattern of a subject admits tenants that have nothing in common, whatever comes behind them: such as `system:*`,
 * whose star takes the namespace as well. Asked of the pattern itself, since there are more ways to write that than to list.
 *
 * `shape`: the pattern with `*`, `?` and `.` left only as wildcards.
 */
export function admitsAnyTenant(shape: string): boolean {
  return SUBJECT_BEGINNINGS.some(([start, end]) =>
    STRANGERS.some((pair) => pair.every((tenant) => canBeginWith(shape, `${start}${tenant}${end}`))),
  );
}

/** Whether some text that the pattern matches begins so: the places in the pattern that this beginning leads to. */
function canBeginWith(shape: string, beginning: string): boolean {
  let places = new Set<number>();
  reach(shape, 0, places);
  for (const letter of beginning) {
    const next = new Set<number>();
    for (const place of places) {
      const token = shape[place];
      if (token === "*") {
        reach(shape, place, next);
      } else if (token === letter || token === "?" || token === ".") {
        reach(shape, place + 1, next);
      }
    }
    places = next;
  }
  return places.size > 0;
}

/** Adds a place, and those behind tokens that may take nothing. */
function reach(shape: string, place: number, places: Set<number>): void {
  let next = place;
  while (!places.has(next)) {
    places.add(next);
    if (shape[next] !== "*" && shape[next] !== "?") {
      return;
    }
    next += 1;
  }
}
