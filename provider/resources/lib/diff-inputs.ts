import { isDeepStrictEqual } from "node:util";
import { isKnown } from "./checks";

/** What the engine asks of a diff. */
export interface InputDiff {
  changes: boolean;
  /** Inputs whose change makes a new resource. */
  replaces: string[];
  /** Whether the old resource goes before the new one comes. */
  deleteBeforeReplace?: boolean;
  /** Inputs that differ from what is, and outputs that tell of something left to do. */
  changed: string[];
}

/**
 * Compares the inputs that matter. A value that is not known yet is a change, but no replacement: it will most likely be
 * what it was, and a preview that announces replacements frightens for nothing. The update compares again.
 */
export function diffInputs<T extends object>(
  olds: T,
  news: T,
  keys: { replacing: readonly (keyof T & string)[]; updating: readonly (keyof T & string)[] },
): InputDiff {
  const differs = (key: keyof T) => !isDeepStrictEqual(olds[key], news[key]);
  const replaces = keys.replacing.filter((key) => differs(key) && isKnown(news[key]));
  const changed = [...keys.replacing, ...keys.updating].filter(differs);
  return { changes: changed.length > 0, replaces, changed };
}
