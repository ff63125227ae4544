import { OidcRunnerError } from "../../../trust";

/**
 * Refuses a trust without a cloud that is to trust.
 *
 * @throws OidcRunnerError `OPTION_MISSING`
 */
export function atLeastOneCloud(args: { aws?: object; gcp?: object }, where: string): void {
  if (args.aws === undefined && args.gcp === undefined) {
    throw new OidcRunnerError("OPTION_MISSING", "a cloud that is to trust is needed", {
      where,
      fix: "give aws or gcp",
    });
  }
}
