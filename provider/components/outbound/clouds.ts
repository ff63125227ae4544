import { OidcRunnerError } from "../../../trust";
import { checkWaivers, type Waiver } from "../../../trust/lint";
import { checkGoogleAccount } from "../../../trust/parties/gcp";
import { type Check, checksOf } from "../../resources";
import type { OutboundAws, OutboundGcp } from "./args";
import { type AwsValues, awsValues, checkAwsOptions, checkAwsTrust, checkAwsValues } from "./aws";
import { checkGcpOptions, checkGcpTrust, checkGcpValues, type GcpValues, gcpValues } from "./gcp";
import type { OutboundTokens } from "./tokens";

/** The clouds that are to trust. */
export interface Clouds {
  aws?: OutboundAws;
  gcp?: OutboundGcp;
}

/** The values of their blocks that are checked. */
export interface CloudValues extends AwsValues, GcpValues {
  waive?: Waiver[];
}

/** The same as a program gives them. */
export function cloudValues({ aws, gcp }: Clouds) {
  return { ...awsValues(aws ?? {}), ...gcpValues(gcp) };
}

/**
 * Refuses a trust without a cloud that is to trust.
 *
 * @throws OidcRunnerError `OPTION_MISSING`
 */
export function atLeastOneCloud({ aws, gcp }: Clouds, where: string): void {
  if (aws === undefined && gcp === undefined) {
    throw new OidcRunnerError("OPTION_MISSING", "a cloud that is to trust is needed", {
      where,
      fix: "give aws or gcp",
    });
  }
}

const check = checksOf<CloudValues>();

/** Checks of the clouds' blocks, whatever they are to trust. */
export function cloudChecks({ aws, gcp }: Clouds): Check<CloudValues>[] {
  return [
    check.options("waive", () => {
      if (aws !== undefined) checkAwsOptions(aws);
      if (gcp !== undefined) checkGcpOptions(gcp);
    }),
    check.one("waive", checkWaivers),
    check.settings("role", (role) => checkAwsValues({ role })),
    check.several(["session", "role"], checkAwsValues),
    check.settings("gcp", checkGcpValues),
    check.settings("account", checkGoogleAccount),
  ];
}

/**
 * Refuses tokens that one of the clouds can't trust, before anything is made.
 *
 * @throws OidcRunnerError those of `checkAwsTrust` and `checkGcpTrust`
 */
export function checkCloudTrusts(
  { aws, gcp }: Clouds,
  tokensFor: (cloud: "aws" | "gcp") => OutboundTokens,
  oidcProviderArn: string | undefined,
): void {
  if (aws !== undefined) checkAwsTrust(aws, tokensFor("aws"), oidcProviderArn);
  if (gcp !== undefined) checkGcpTrust(tokensFor("gcp"));
}
