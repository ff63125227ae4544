import { OidcRunnerError } from "../../../trust";
import { checkEnvNames } from "./check-env";

/**
 * Refuses a command or script without content (the entrypoint would have nothing to become, and the Job would succeed),
 * and environment variables that are not the user's to set.
 *
 * @throws OidcRunnerError `COMMAND_EMPTY`, `ENV_RESERVED`, `ENV_STORED_TOKEN`, `ENV_TWICE`
 */
export function checkWork({
  command,
  script,
  env = {},
  secretEnv = {},
  reserved,
}: {
  command?: readonly string[];
  script?: string;
  env?: Readonly<Record<string, unknown>>;
  secretEnv?: Readonly<Record<string, unknown>>;
  /** Variables that the runner sets for its cloud identity. */
  reserved?: readonly string[];
}): void {
  checkEnvNames(Object.keys(env), "env", reserved);
  checkEnvNames(Object.keys(secretEnv), "secretEnv", reserved);
  for (const name of Object.keys(secretEnv)) {
    if (name in env) {
      throw new OidcRunnerError("ENV_TWICE", `the variable ${name} has two values`, {
        where: `secretEnv.${name}`,
        fix: "give it in env or in secretEnv",
      });
    }
  }
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
