import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { packageRoot } from "../../tools/toolchain/package-root";

/** What `--help` says of a command. */
export interface Help {
  options: string[];
  /** Commands below it. */
  commands: string[];
}

const known = new Map<string, Help>();

/** What `oidc-runner COMMAND --help` says. */
export function cliHelp(command: string): Help {
  const help = known.get(command) ?? read(command);
  known.set(command, help);
  return help;
}

/** Every command that does something, such as `lab up`. */
export function cliCommands(): string[] {
  return cliHelp("").commands.flatMap((name) => {
    const below = cliHelp(name).commands;
    return below.length === 0 ? [name] : below.map((sub) => `${name} ${sub}`);
  });
}

function read(command: string): Help {
  const main = join(packageRoot(), "dist", "cli", "main.js");
  const words = command.split(" ").filter(Boolean);
  const text = execFileSync(process.execPath, [main, ...words, "--help"], { encoding: "utf8" });
  const [, list = ""] = /^Commands:\n([\s\S]*)$/m.exec(text) ?? [];
  return {
    options: [...text.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, name = ""]) => name),
    commands: [...list.matchAll(/^ {2}([a-z]+)/gm)].map(([, name = ""]) => name).filter((name) => name !== "help"),
  };
}
