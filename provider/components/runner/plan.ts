import * as pulumi from "@pulumi/pulumi";
import { normalApiUrl } from "../../../pulumi-cloud/api";
import { type PodMaker, podNames } from "../../../trust/issuers";
import {
  compileDefinitions,
  type DefinitionInput,
  type ProvenTrust,
  proveRunnerTrust,
  proveSharedTrust,
  type SharedTrust,
} from "../../../trust/parties/pulumi";
import { oneToken, type TokenSelection } from "../../../trust/policy";
import { checked } from "../../resources";
import { kubernetesName, type PodParts, pulumiToken, recommendedLabels, type SubjectToken } from "../../workload/pod";
import { policiesOf, type TrustReference, trustFields } from "../trust";
import type { RunnerArgs } from "./args";
import { noSharedPolicies, type PlanInputs, planChecks, planInputs, podChecks, podInputs } from "./checks";
import { type WorkloadKind, workloadKind } from "./workload-kind";

/** Everything a runner's children are made from, checked and proven. */
export interface RunnerPlan extends PlanInputs {
  trust: ProvenTrust;
  /** Labels of what is this runner's alone: the user's and the recommended ones. */
  ownLabels: Record<string, string>;
  /** The access token in the words of an exchange. */
  token: TokenSelection;
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
  const podMaker = POD_MAKERS[workloadKind(args, name)];
  // As an Output: what is bad about the issuer refuses the plan, and not the program, which goes on.
  const inputs = {
    ...planInputs(name, args),
    issuerUrl: pulumi.output(issuerUrl),
    trustedIssuerUrl: args.trust && trustFields(args.trust).issuerUrl,
  };
  const shares = args.createPolicy === false && args.trust ? sharedPolicies(args.trust) : undefined;
  const plan = pulumi.all([checked(inputs, planChecks(name)), shares]).apply(([known, shared]): RunnerPlan => {
    const values = { ...known, token: oneToken(known.accessToken, "accessToken") };
    const subjectToken = given ?? pulumiToken(values.organization);
    const wanted = { ...values, audience: subjectToken.audience };
    const where = `${name}.trust`;
    const trust =
      shared === undefined
        ? proveRunnerTrust(wanted)
        : proveSharedTrust(
            { ...wanted, podNames: podNames(kubernetesName(name), podMaker), where },
            sharedTrust(shared, where),
          );
    const ownLabels = { ...values.labels, ...recommendedLabels(kubernetesName(name)) };
    return { ...values, apiUrl: normalApiUrl(values.apiUrl), ownLabels, trust, subjectToken };
  });
  return planAfter(plan, checked(podInputs(name, args), podChecks(identity)));
}

/** The policies that a runner relies on, and the organization they are of. */
function sharedPolicies(trust: pulumi.Input<TrustReference>) {
  const { organization } = trustFields(trust);
  return pulumi.output({ organization, policies: policiesOf(trust) as pulumi.Input<unknown> });
}

/** The same, compiled. */
function sharedTrust(
  { organization, policies }: { organization: string; policies: unknown },
  where: string,
): SharedTrust {
  if (policies === undefined) {
    throw noSharedPolicies(where);
  }
  return { organization, compiled: compileDefinitions(policies as DefinitionInput[], organization) };
}

/**
 * The same plan, resolving only when one more fact has passed its check: what must be right before ServiceAccount, policy
 * and Job exist.
 *
 * The plan takes nothing of the fact but this: a preview that does not know the fact still shows the names that it knows,
 * and a secret variable of the pod does not make the ServiceAccount's name a secret. `pulumi.all` would pass both on. An
 * Output tells by `isKnown` when it has resolved (pulumi/pulumi, sdk/nodejs/output.ts at v3.200.0 and v3.248.0).
 */
export function planAfter<Plan>(plan: pulumi.Output<Plan>, fact: pulumi.Output<unknown>): pulumi.Output<Plan> {
  const { isKnown } = fact as unknown as { isKnown: Promise<boolean> };
  return plan.apply<Plan>(async (values) => {
    await isKnown;
    return values;
  });
}
