import { OidcRunnerError } from "../../../trust";

/**
 * The name of the one option that is given.
 *
 * @throws OidcRunnerError `OPTION_MISSING` for none, `OPTION_CONFLICT` for several.
 */
export function exactlyOne<T extends object, K extends keyof T & string>(
  args: T,
  options: readonly K[],
  where: string,
): K {
  const chosen = atMostOne(args, options, where);
  if (chosen === undefined) {
    throw new OidcRunnerError(
      "OPTION_MISSING",
      `${options.length === 1 ? "" : "one of "}${options.join(", ")} is needed`,
      {
        where,
        fix: `give ${options.length === 1 ? "" : "exactly one of "}${options.join(", ")}`,
      },
    );
  }
  return chosen;
}

/**
 * The name of the one option that is given, or undefined.
 *
 * @throws OidcRunnerError `OPTION_CONFLICT` for several.
 */
export function atMostOne<T extends object, K extends keyof T & string>(
  args: T,
  options: readonly K[],
  where: string,
): K | undefined {
  const given = options.filter((option) => (args[option] ?? undefined) !== undefined);
  if (given.length > 1) {
    throw new OidcRunnerError("OPTION_CONFLICT", `${given.join(" and ")} are mutually exclusive`, {
      where,
      fix: `give only one of ${options.join(", ")}`,
    });
  }
  return given[0];
}
