import { loadingError } from "../../../trust";

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
    throw loadingError(packageName, error);
  }
}
