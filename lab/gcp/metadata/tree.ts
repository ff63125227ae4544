/** A value of the metadata tree, or where it comes from. */
export type Leaf = {
  kind: "leaf";
  /** @param query the request's parameters. A list is shown one entry a line. */
  read: (query: URLSearchParams) => Promise<string | number | string[]> | string | number | string[];
  /** Left out of recursive answers: what is made on demand. */
  hidden?: boolean;
  /** `Content-Type`; default `application/text`, Google's own. */
  type?: string;
};

/** A directory of the metadata tree. */
export interface Directory {
  kind: "directory";
  entries: Record<string, Leaf | Directory>;
  /** Names of entries as they are in recursive answers too: they are not field names. */
  literal?: boolean;
}

/** The entry at a path, from a directory down; undefined when there is none. */
export function entryAt(root: Directory, path: readonly string[]): Leaf | Directory | undefined {
  let found: Leaf | Directory | undefined = root;
  for (const name of path) {
    if (found?.kind !== "directory") {
      return undefined;
    }
    found = Object.hasOwn(found.entries, name) ? found.entries[name] : undefined;
  }
  return found;
}

/** What a directory holds, one entry a line, directories with a final slash. */
export function listing({ entries }: Directory): string {
  const lines = Object.entries(entries).map(([name, { kind }]) => `${name}${kind === "directory" ? "/" : ""}\n`);
  return lines.sort().join("");
}

/** All of a directory as one object, names in camel case (Compute Engine documentation, `recursive=true`). */
export async function recursive({ entries, literal }: Directory): Promise<Record<string, unknown>> {
  const shown = Object.entries(entries).filter(([, entry]) => entry.kind === "directory" || entry.hidden !== true);
  const values = shown.map(async ([name, entry]): Promise<[string, unknown]> => {
    const key = literal === true ? name : name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    return [key, entry.kind === "directory" ? await recursive(entry) : await entry.read(new URLSearchParams())];
  });
  return Object.fromEntries(await Promise.all(values));
}
