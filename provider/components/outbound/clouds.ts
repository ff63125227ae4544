import { OidcRunnerError } from "../../../trust";
import type { Cloud } from "../../../trust/issuers";
import { checkWaivers, type Waiver } from "../../../trust/lint";
import type { SubjectGroups } from "../../../trust/parties/azure";
import { checkGoogleAccount } from "../../../trust/parties/gcp";
import { type Check, checksOf } from "../../resources";
import type { OutboundAws, OutboundAzure, OutboundGcp } from "./args";
import { type AwsValues, awsValues, checkAwsOptions, checkAwsTrust, checkAwsValues } from "./aws";
import {
  type AzureValues,
  azureValues,
  checkAzureIds,
  checkAzureOptions,
  checkAzureTrust,
  checkNewIdentity,
} from "./azure";
import { checkGcpOptions, checkGcpTrust, checkGcpValues, type GcpValues, gcpValues } from "./gcp";
import type { OutboundTokens } from "./tokens";

/** The clouds that are to trust. */
export interface Clouds {
  aws?: OutboundAws;
  azure?: OutboundAzure;
  gcp?: OutboundGcp;
}

/** The values of their blocks that are checked. */
export interface CloudValues extends AwsValues, AzureValues, GcpValues {
  waive?: Waiver[];
}

/** The same as a program gives them. */
export function cloudValues({ aws, azure, gcp }: Clouds) {
  return { ...awsValues(aws ?? {}), ...azureValues(azure), ...gcpValues(gcp) };
}

/**
 * Refuses a trust without a cloud that is to trust.
 *
 * @throws OidcRunnerError `OPTION_MISSING`
 */
export function atLeastOneCloud({ aws, azure, gcp }: Clouds, where: string): void {
  if (aws === undefined && azure === undefined && gcp === undefined) {
    throw new OidcRunnerError("OPTION_MISSING", "a cloud that is to trust is needed", {
      where,
      fix: "give aws, azure or gcp",
    });
  }
}

const check = checksOf<CloudValues>();

/** Checks of the clouds' blocks, whatever they are to trust; of Azure also how many subjects there are. */
export function cloudChecks({ aws, azure, gcp }: Clouds, name: string, groups: SubjectGroups): Check<CloudValues>[] {
  return [
    check.options("waive", () => {
      if (aws !== undefined) checkAwsOptions(aws);
      if (azure !== undefined) checkAzureOptions(azure, name, groups);
      if (gcp !== undefined) checkGcpOptions(gcp);
    }),
    check.one("waive", checkWaivers),
    check.settings("role", (role) => checkAwsValues({ role })),
    check.several(["session", "role"], checkAwsValues),
    check.settings("azureIdentity", checkNewIdentity),
    check.settings("azure", checkAzureIds),
    check.settings("gcp", checkGcpValues),
    check.settings("account", checkGoogleAccount),
  ];
}

/**
 * Refuses tokens that one of the clouds can't trust, before anything is made.
 *
 * @throws OidcRunnerError those of `checkAwsTrust`, `checkAzureTrust` and `checkGcpTrust`
 */
export function checkCloudTrusts(
  { aws, azure, gcp }: Clouds,
  tokensFor: (cloud: Cloud) => OutboundTokens,
  oidcProviderArn: string | undefined,
): void {
  if (aws !== undefined) checkAwsTrust(aws, tokensFor("aws"), oidcProviderArn);
  if (azure !== undefined) checkAzureTrust(tokensFor("azure"));
  if (gcp !== undefined) checkGcpTrust(tokensFor("gcp"));
}
