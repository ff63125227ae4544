/** What the command line asks for. */
export interface BenchOptions {
  /** Print the rows as JSON. */
  json: boolean;
  /** A missed target ends the command with 1. */
  strict: boolean;
  /** Also what takes many minutes. */
  full: boolean;
  /** Benchmarks or groups of them; all when there are none. */
  names: string[];
}

/** Reads the command line; a text says what is wrong with it. */
export function readOptions(argv: readonly string[]): BenchOptions | string {
  const options: BenchOptions = { json: false, strict: false, full: false, names: [] };
  for (const word of argv) {
    if (word === "--json" || word === "--strict" || word === "--full") {
      options[word.slice(2) as "json" | "strict" | "full"] = true;
    } else if (word.startsWith("-")) {
      return `there is no option ${word}; there are --json, --strict and --full`;
    } else {
      options.names.push(word);
    }
  }
  return options;
}

/**
 * Those that are asked for: of that name or below it, as `up` is above `up/100`. What takes long must be asked for with
 * `--full` or by its whole name. A text says that a name fits nothing.
 */
export function chosen<T extends { name: string; full?: boolean }>(
  all: readonly T[],
  options: BenchOptions,
): T[] | string {
  const fits = (name: string, wanted: string) => name === wanted || name.startsWith(`${wanted}/`);
  const stranger = options.names.find((wanted) => !all.some(({ name }) => fits(name, wanted)));
  if (stranger !== undefined) {
    return `there is no benchmark ${stranger}; there are ${all.map(({ name }) => name).join(", ")}`;
  }
  return all.filter(
    ({ name, full }) =>
      (options.names.length === 0 || options.names.some((wanted) => fits(name, wanted))) &&
      (full !== true || options.full || options.names.includes(name)),
  );
}
