import { OidcRunnerError } from "../../../trust";

/**
 * Loads a module of an optional peer package where it is needed, so that an EKS program loads no Google package and the
 * other way round.
 *
 * @throws OidcRunnerError `PEER_MISSING` when the package is not installed.
 */
export function peer<T>(packageName: string, load: () => T): T {
  try {
    return load();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // Only the first line names what is missing; the others say who asked for it.
    if (code === "MODULE_NOT_FOUND" && message.split("\n", 1)[0]?.includes(packageName)) {
      throw new OidcRunnerError("PEER_MISSING", `the package ${packageName} is not installed`, {
        where: "package.json",
        fix: `npm install ${packageName}`,
      });
    }
    throw error;
  }
}
