import { OidcRunnerError } from "../errors";

/**
 * Refuses a command or script without content: the entrypoint would have nothing to become, and the Job would succeed.
 *
 * @throws OidcRunnerError `COMMAND_EMPTY`
 */
export function checkWork({ command, script }: { command?: readonly string[]; script?: string }): void {
  if (command !== undefined && (command[0] ?? "").trim() === "") {
    throw new OidcRunnerError("COMMAND_EMPTY", "the command names no program", {
      where: "command",
      fix: 'give program and arguments, such as ["pulumi", "whoami"], or leave command out',
    });
  }
  if (script !== undefined && script.trim() === "") {
    throw new OidcRunnerError("COMMAND_EMPTY", "the script is empty", {
      where: "script",
      fix: "give POSIX sh text, or leave script out",
    });
  }
}
