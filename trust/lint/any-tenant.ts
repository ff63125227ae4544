import { SUBJECT_FORMS } from "./tenant";

/** Pairs of unrelated tenant names, a short and a long one. A pattern that matches both of a pair does not restrict the tenant. */
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
  return SUBJECT_FORMS.some(({ start, end }) =>
    STRANGERS.some((pair) => pair.every((tenant) => canBeginWith(shape, `${start}${tenant}${end}`))),
  );
}

/**
 * Whether a pattern of a subject matches subjects of two tenants of one issuer that signs for strangers: in some way of
 * matching it, a wildcard takes a letter of the tenant.
 *
 * `shape`: the pattern with `*`, `?` and `.` left only as wildcards.
 */
export function admitsSeveralTenants(shape: string): boolean {
  // Of a cluster's namespaces, patterns may be meant: the other checks tell which.
  const strangers = SUBJECT_FORMS.filter(({ start, ofOneOwner }) => !ofOneOwner || !shape.startsWith(start));
  return strangers.some(({ start, end }) => {
    const ending = lastIndexOf(shape, (token) => token === end || isWildcard(token));
    const named = placesBehind(shape, start);
    // Places that are added are visited too.
    for (const place of named) {
      const token = shape[place];
      if (token !== undefined && isWildcard(token)) {
        const behind = token === "*" ? place : place + 1;
        // What stands between may all belong to the name.
        if (behind <= ending) {
          return true;
        }
      } else if (token !== undefined && token !== end) {
        reach(shape, place + 1, named);
      }
    }
    return false;
  });
}

function lastIndexOf(shape: string, is: (token: string) => boolean): number {
  let index = shape.length - 1;
  while (index >= 0 && !is(shape[index] as string)) {
    index -= 1;
  }
  return index;
}

function isWildcard(token: string): boolean {
  return token === "*" || token === "?" || token === ".";
}

/** Whether some text that the pattern matches begins so. */
function canBeginWith(shape: string, beginning: string): boolean {
  return placesBehind(shape, beginning).size > 0;
}

/** The places in the pattern that a beginning of a text leads to. */
function placesBehind(shape: string, beginning: string): Set<number> {
  let places = new Set<number>();
  // Most patterns begin with letters, and most beginnings with others: those are compared without sets.
  let same = 0;
  while (same < Math.min(shape.length, beginning.length) && !isWildcard(shape[same] as string)) {
    if (shape[same] !== beginning[same]) {
      return places;
    }
    same += 1;
  }
  reach(shape, same, places);
  for (const letter of beginning.slice(same)) {
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
  return places;
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
