/** Arguments of a runner, or a part of them. */
export type Tree = Record<string, unknown>;

/** An option with a value, as the tests try it. */
export interface Row {
  /** Its place in the arguments, such as `schedule.timeZone`; lists and maps are passed by. */
  path: string;
  /** The path, and which value it is where there are several. */
  label: string;
  /** The option with its value. */
  set: Tree;
  /** Without what it would be refused, given what is set besides. */
  needs: (rest: Tree) => Tree;
  /** Without what it would have no visible effect. */
  seen: Tree;
  /** Another value that shows the effect where `set` shows none. */
  proof?: Tree;
}

/** What may be said of a row besides its value. */
export interface RowOptions {
  needs?: Tree | ((rest: Tree) => Tree);
  seen?: Tree;
  proof?: Tree;
}

/** Values of every option of a type: an option without one fails the type check. */
export type Values<T> = { [K in keyof T]-?: readonly Exclude<T[K], undefined>[] };

/** One option with one value. */
export function row(path: string, set: Tree, { needs = {}, seen = {}, proof }: RowOptions = {}): Row {
  return { path, label: path, set, needs: typeof needs === "function" ? needs : () => needs, seen, proof };
}

/** All options of one type, which is found at a place in the arguments. */
export function rows<T>(place: string, values: Values<T>, options?: RowOptions): Row[] {
  return Object.entries<readonly unknown[]>(values).flatMap(([name, each]) => {
    const path = place === "" ? name : `${place}.${name}`;
    return each.map((value) => {
      const one = row(path, at(path, value), options);
      return each.length === 1 ? one : { ...one, label: `${path}=${JSON.stringify(value)}` };
    });
  });
}

/** A tree with one value. */
export function at(path: string, value: unknown): Tree {
  return path.split(".").reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as Tree;
}

/** The second over the first: maps by key, everything else replaced. */
export function over(under: Tree, upper: Tree): Tree {
  return merged(under, upper, (_, value) => value);
}

/** Both: maps by key, lists one after the other. Nothing takes away what the other gives. */
export function both(one: Tree, other: Tree): Tree {
  return merged(one, other, (first, second) => {
    if (Array.isArray(first) && Array.isArray(second)) {
      return [...(first as unknown[]), ...(second as unknown[])];
    }
    return second ?? first;
  });
}

function merged(one: Tree, other: Tree, settle: (first: unknown, second: unknown) => unknown): Tree {
  const result: Tree = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const known = result[key];
    if (isTree(known) && isTree(value)) {
      result[key] = merged(known, value, settle);
    } else {
      result[key] = key in result ? settle(known, value) : value;
    }
  }
  return result;
}

/** Plain objects only: a resource is a value. */
function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
