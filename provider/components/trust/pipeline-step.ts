import * as pulumi from "@pulumi/pulumi";
import { defaultApiUrl, normalApiUrl } from "../../../pulumi-cloud/api";
import { issuerByKey, type Login, loginStep, tokenFor } from "../../../trust/issuers";
import { pulumiAudience } from "../../../trust/policy";
import type { PolicyDefinition } from "../../resources";
import type { TrustedIssuerKind } from "./issuer-choice";

/** What a step is made from. */
interface StepArgs {
  organization: pulumi.Input<string>;
  policies?: pulumi.Input<pulumi.Input<PolicyDefinition>[]>;
  apiUrl?: pulumi.Input<string>;
}

/** The step that logs a job of the issuer in; undefined for issuers whose jobs have no steps. */
export function pipelineStep(kind: TrustedIssuerKind, args: StepArgs): pulumi.Output<string> | undefined {
  const record = kind === "custom" ? undefined : issuerByKey(kind);
  if (record?.ci === undefined) {
    return undefined;
  }
  const { ci, name } = record;
  const { organization, policies = [], apiUrl = defaultApiUrl() } = args;
  return pulumi.output({ organization, policies, apiUrl }).apply((known) => {
    const { accessToken, audience } = askedFor(known.policies);
    const login: Login = {
      organization: known.organization,
      apiUrl: normalApiUrl(known.apiUrl),
      audience: record.audience.fixed?.audience ?? audience ?? pulumiAudience(known.organization),
      accessToken,
    };
    return `# ${name}: ${tokenFor(record, login.audience)}\n${loginStep(ci, login)}`;
  });
}

type KnownPolicy = pulumi.UnwrappedObject<PolicyDefinition>;

/**
 * The access token of the first policy that allows one `pulumi login` can ask for, and the audience it wants. The CLI asks for no
 * administrator's token and none of a runner pool (pulumi/pulumi v3.259.0, pkg/cmd/pulumi/auth/login.go).
 */
function askedFor(policies: readonly KnownPolicy[]): Pick<Login, "accessToken"> & { audience?: string } {
  for (const { decision, accessToken, audience, rules } of policies) {
    const { organization, team, personal } = accessToken;
    const owner = team?.name ?? personal?.user;
    const canAsk = owner === undefined ? organization !== undefined && !organization.admin : isOne(owner);
    if (decision === "allow" && canAsk) {
      const aud = audience ?? rules?.aud;
      return {
        ...(team && { accessToken: { team: team.name } }),
        ...(personal && { accessToken: { user: personal.user } }),
        ...(isOne(aud) && { audience: aud }),
      };
    }
  }
  return {};
}

/** Whether a pattern names one thing. */
function isOne(pattern: string | undefined): pattern is string {
  return pattern !== undefined && !/[*?]/.test(pattern);
}
