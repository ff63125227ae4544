import { type ErrorCode, OidcRunnerError } from "../../../trust";

/**
 * Refuses settings that are not whole numbers, or less than their least.
 *
 * @param least the settings that are counts, each with its least value
 * @throws OidcRunnerError with the given code
 */
export function checkCount<T extends object>(
  code: ErrorCode,
  where: string,
  settings: T,
  least: Partial<Record<keyof T & string, number>>,
): void {
  for (const [name, minimum] of Object.entries(least) as [keyof T & string, number][]) {
    const value = settings[name] as number | undefined;
    if (value !== undefined && !(Number.isInteger(value) && value >= minimum)) {
      throw new OidcRunnerError(code, `${name} can't be ${value}`, {
        where: `${where}.${name}`,
        fix: `give a whole number, at least ${minimum}, or leave it out`,
      });
    }
  }
}
