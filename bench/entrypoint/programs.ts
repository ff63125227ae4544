import { existsSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";

/** Programs that an image may have or not. */
export type Program = "pulumi" | "curl" | "wget";

const PROGRAMS: Program[] = ["pulumi", "curl", "wget"];
const DIRECTORIES = ["/usr/local/bin", "/usr/bin", "/bin"];

/** Path of a program of this machine. */
export function programPath(name: string): string | undefined {
  return DIRECTORIES.map((directory) => join(directory, name)).find(existsSync);
}

/**
 * A directory with this machine's programs but for some, as the one of an image.
 *
 * @param pulumiCli the CLI to have, unless it is left out
 */
export function programsWithout(directory: string, without: Program[], pulumiCli: string): string {
  const bin = join(directory, "bin");
  mkdirSync(bin);
  for (const from of DIRECTORIES.filter(existsSync)) {
    for (const name of readdirSync(from)) {
      if (!PROGRAMS.includes(name as Program) && !existsSync(join(bin, name))) {
        link(join(from, name), join(bin, name));
      }
    }
  }
  const own: Record<Program, string | undefined> = {
    pulumi: pulumiCli,
    curl: programPath("curl"),
    wget: programPath("wget"),
  };
  for (const name of PROGRAMS) {
    const path = own[name];
    if (path !== undefined && !without.includes(name)) {
      symlinkSync(path, join(bin, name));
    }
  }
  return bin;
}

/** A link that leads nowhere on this machine exists all the same. */
function link(target: string, path: string): void {
  try {
    symlinkSync(target, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
      throw error;
    }
  }
}
