import * as pulumi from "@pulumi/pulumi";
import { checkApiUrl, defaultApiUrl, normalApiUrl } from "../../../pulumi-cloud/api";
import { OidcRunnerError } from "../../../trust";
import { type PodMaker, podNames, refuseSharedIssuer } from "../../../trust/issuers";
import { checkWaivers } from "../../../trust/lint";
import { type ProvenTrust, proveRunnerTrust, proveSharedTrust } from "../../../trust/parties/pulumi";
import {
  type AccessToken,
  checkExpirationSeconds,
  DEFAULT_EXPIRATION_SECONDS,
  oneToken,
  type TokenSelection,
} from "../../../trust/policy";
import { checkTemplate } from "../../workload/patch";
import {
  checkLabels,
  kubernetesName,
  type PodParts,
  pulumiToken,
  type SubjectToken,
  TRUST_MOUNTS,
} from "../../workload/pod";
import { sharedBy } from "../trust";
import type { RunnerArgs } from "./args";
import { workOf } from "./command";
import { checkWorkload, type Workload, type WorkloadKind, workloadKind } from "./workload-kind";

/** Everything a runner's children are made from, checked and proven. */
export interface RunnerPlan {
  organization: string;
  trust: ProvenTrust;
  accessToken: AccessToken;
  /** The same in the words of an exchange. */
  token: TokenSelection;
  expirationSeconds: number;
  /** Settings of the workload, of the kind that was chosen. */
  workload: Workload[WorkloadKind];
  /** The user's labels. */
  labels: Record<string, string>;
  apiUrl: string;
  /** The token that is exchanged. */
  subjectToken: SubjectToken;
}

/** What a cloud runner adds to the plan. */
export interface PlanOptions {
  /** Default: a token of the pod's own, for Pulumi Cloud. */
  subjectToken?: SubjectToken;
  /** The parts of the pod by which it has its cloud identity, with any values: a template must not displace them. */
  identity?: PodParts;
}

const POD_MAKERS: Record<WorkloadKind, PodMaker> = {
  job: "Job",
  cronJob: "CronJob",
  deployment: "Deployment",
  agent: "Deployment",
};

/**
 * The one Output that all children take their inputs from. It resolves only when every value has passed its check and the
 * trust is proven, so a value that turns out bad during the update leaves no role, policy or Job behind.
 */
export function planRunner(
  name: string,
  args: RunnerArgs,
  issuerUrl: pulumi.Input<string>,
  { subjectToken: given, identity }: PlanOptions = {},
): pulumi.Output<RunnerPlan> {
  const { organization } = args;
  const { expirationSeconds = DEFAULT_EXPIRATION_SECONDS, ...accessToken } = args.accessToken;
  const kind = workloadKind(args, name);
  const serviceAccountName = args.serviceAccountName ?? kubernetesName(name);
  const asked = pulumi.output({
    organization,
    issuerUrl,
    trustedIssuerUrl: args.trust?.issuerUrl,
    shared: sharedBy(args)?.reviewed(),
    namespace: args.namespace ?? "default",
    serviceAccountName,
    accessToken: accessToken as pulumi.Input<AccessToken>,
    expirationSeconds,
    workload: args[kind] ?? {},
    labels: args.labels ?? {},
    apiUrl: args.apiUrl ?? defaultApiUrl(),
  });
  const plan = asked.apply(({ shared, ...known }) => {
    checkExpirationSeconds(known.expirationSeconds, "accessToken.expirationSeconds");
    const values = { ...known, token: oneToken(known.accessToken, "accessToken") };
    const workload = checkWorkload(kind, values.workload, name);
    checkLabels(values.labels);
    checkApiUrl(values.apiUrl);
    if (values.trustedIssuerUrl !== undefined && values.trustedIssuerUrl !== values.issuerUrl) {
      throw new OidcRunnerError(
        "TRUST_FOR_OTHER_ISSUER",
        `the given trust is for ${values.trustedIssuerUrl}, the cluster's issuer is ${values.issuerUrl}`,
        {
          where: `${name}.trust`,
          fix: "give the OidcTrustSetup of this cluster, or leave trust out",
        },
      );
    }
    refuseSharedIssuer(values.issuerUrl);
    const subjectToken = given ?? pulumiToken(values.organization);
    const wanted = { ...values, audience: subjectToken.audience };
    const trust =
      shared === undefined
        ? proveRunnerTrust(wanted)
        : proveSharedTrust(
            { ...wanted, podNames: podNames(kubernetesName(name), POD_MAKERS[kind]), where: `${name}.trust` },
            shared,
          );
    return { ...values, apiUrl: normalApiUrl(values.apiUrl), workload, trust, subjectToken };
  });
  const rest = pulumi.output({ work: workOf(args), serviceAccountName, waive: args.waive ?? [] }).apply((known) => {
    const mounts = [...Object.values(TRUST_MOUNTS), ...(identity?.mounts ?? [])];
    checkTemplate(known.work.podTemplate, { serviceAccountName: known.serviceAccountName, mounts });
    checkWaivers(known.waive);
  });
  return planAfter(plan, rest);
}

/**
 * The same plan, resolving only when one more fact has passed its check: what must be right before ServiceAccount, policy
 * and Job exist.
 *
 * The plan takes nothing of the fact but this: a preview that does not know the fact still shows the names that it knows,
 * and a secret variable of the pod does not make the ServiceAccount's name a secret. `pulumi.all` would pass both on. An
 * Output tells by `isKnown` when it has resolved (pulumi/pulumi, sdk/nodejs/output.ts at v3.200.0 and v3.248.0).
 */
export function planAfter(plan: pulumi.Output<RunnerPlan>, fact: pulumi.Output<unknown>): pulumi.Output<RunnerPlan> {
  const { isKnown } = fact as unknown as { isKnown: Promise<boolean> };
  return plan.apply(async (values) => {
    await isKnown;
    return values;
  });
}
