import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";

/** Absolute path of `name` if it is an executable file in `directory`. */
export async function executableIn(directory: string, name: string): Promise<string | undefined> {
  const path = resolve(join(directory, name));
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile() ? path : undefined;
  } catch {
    return undefined;
  }
}

/** Absolute path of the first executable file `name` on `PATH`. */
export async function findExecutable(name: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const directory of (env.PATH ?? "").split(delimiter)) {
    if (directory === "") {
      continue;
    }
    const path = await executableIn(directory, name);
    if (path !== undefined) {
      return path;
    }
  }
  return undefined;
}
