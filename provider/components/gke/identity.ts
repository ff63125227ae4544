import * as pulumi from "@pulumi/pulumi";
import { type GkeCluster, workloadPool } from "../../../trust/issuers";
import { defaultDisplayName, googleAccountId } from "../../../trust/parties/gcp";
import { proveWorkloadIdentity } from "../../../trust/parties/gcp/workload-identity";
import { googleWorkloadIdentity } from "../../workload/access";
import { kubernetesName } from "../../workload/pod";
import { grantActingAs, grantRoles, grantsOfRun, makeGrants, makeServiceAccount, rolesOf } from "../gcp";
import { type ChildOptions, peer } from "../lib";
import { type CloudIdentity, planAfter, type RunnerArgs, type RunnerPlan } from "../runner";
import type { GkeGcp, GkeServiceAccount } from "./args";
import { type GkeRunnerCluster, workloadIdentityOn } from "./cluster";
import { warnGoogle } from "./warnings";

/** What a runner's Google identity is made from. */
export interface GoogleIdentityParts {
  options: ChildOptions;
  name: string;
  cluster: GkeRunnerCluster;
  /** Names of the cluster, checked. */
  names: pulumi.Output<GkeCluster>;
  gcp: GkeGcp;
  plan: pulumi.Output<RunnerPlan>;
  /** Findings that are known and meant. */
  waive: RunnerArgs["waive"];
}

/** A runner's Google identity. */
export interface GoogleIdentity {
  identity: CloudIdentity;
  /** The plan, when the identity is proven too. */
  proven: pulumi.Output<RunnerPlan>;
  /** The service account, if there is one. */
  email?: pulumi.Output<string>;
  /** Who has the roles, as IAM writes it. */
  principal: pulumi.Output<string>;
}

/**
 * Makes a runner's Google identity: the service account, or none, and the grants. All take their inputs from one proven
 * member, so that nothing is made for an identity that turns out wrong.
 */
export function googleIdentity(parts: GoogleIdentityParts): GoogleIdentity {
  const { options, names, gcp, plan } = parts;
  const childName = kubernetesName(parts.name);
  const member = provenMember(parts);
  const grantsTo = (principal: pulumi.Output<string>) =>
    grantRoles(options, childName, rolesOf(gcp), names.project, principal);
  const proven = planAfter(plan, member);
  if (gcp.directPrincipal !== undefined) {
    const pod = pulumi
      .all([names, member])
      .apply(([{ project }]) => googleWorkloadIdentity({ project, identity: workloadPool(project) }));
    return {
      proven,
      principal: member,
      identity: { principal: member, pod, dependencies: grantsTo(member) },
    };
  }
  const email =
    gcp.serviceAccountEmail === undefined
      ? makeAccount(parts, member)
      : pulumi.all([gcp.serviceAccountEmail, member]).apply(([address]) => address);
  const mayActAs = grantActingAs(options, childName, email, member);
  const pod = pulumi
    .all([names, email, member])
    .apply(([{ project }, identity]) => googleWorkloadIdentity({ project, identity }));
  const principal = email.apply((address) => `serviceAccount:${address}`);
  return {
    email,
    principal,
    proven,
    identity: {
      annotations: { "iam.gke.io/gcp-service-account": email },
      annotationsNeeded: true,
      principal,
      pod,
      dependencies: [mayActAs, ...grantsTo(principal)],
    },
  };
}

/** Resolves to the IAM member when the identity is proven. */
function provenMember(parts: GoogleIdentityParts): pulumi.Output<string> {
  const { name, cluster, gcp, plan, waive } = parts;
  const { parent } = parts.options;
  const made = grantsOfRun();
  const names = planAfterNames(parts);
  const number = gcp.directPrincipal && (gcp.directPrincipal.projectNumber ?? lookUpNumber(names, parent));
  return pulumi
    .output({
      plan,
      names,
      number,
      on: workloadIdentityOn(cluster, names, parent),
      email: gcp.serviceAccountEmail,
      waive: waive ?? [],
    })
    .apply((known) => {
      const { namespace, serviceAccountName } = known.plan.trust;
      const workload = { cluster: known.names, namespace, serviceAccountName };
      const member = proveWorkloadIdentity({ ...workload, projectNumber: known.number });
      makeGrants(made, sharedGrants(gcp, known), member, { name, owner: parent });
      warnGoogle(parent, workload, gcp, known.waive);
      return member;
    });
}

/** The grants to the Kubernetes ServiceAccount itself that another runner could have too: an account that is made is new. */
function sharedGrants(gcp: GkeGcp, { names, email }: { names: GkeCluster; email?: string }) {
  if (gcp.directPrincipal !== undefined) {
    return rolesOf(gcp).map(({ role, project }) => ({ role, on: project ?? names.project }));
  }
  return email === undefined ? [] : [{ role: "roles/iam.workloadIdentityUser", on: email }];
}

/** The names, when the plan is good: nothing is looked up for arguments that are refused. */
function planAfterNames({ names, plan }: GoogleIdentityParts): pulumi.Output<GkeCluster> {
  return pulumi.all([names, plan]).apply(([cluster]) => cluster);
}

function lookUpNumber(names: pulumi.Output<GkeCluster>, parent: pulumi.Resource): pulumi.Output<string> {
  const { getProject } = peer(
    "@pulumi/gcp",
    () => require("@pulumi/gcp/organizations/getProject") as typeof import("@pulumi/gcp/organizations/getProject"),
  );
  return names.apply(async ({ project }) => (await getProject({ projectId: project }, { parent })).number);
}

function makeAccount(parts: GoogleIdentityParts, member: pulumi.Output<string>): pulumi.Output<string> {
  const { options, name, names, gcp, plan } = parts;
  const { accountId, project, displayName, description } = gcp.serviceAccount as GkeServiceAccount;
  const childName = kubernetesName(name);
  const owner = `${pulumi.getProject()}/${pulumi.getStack()}/${name}`;
  const id = pulumi
    .all([accountId, plan.organization, member])
    .apply(([given, organization]) => given ?? googleAccountId(childName, `${organization}/${owner}`));
  return makeServiceAccount(options, childName, {
    accountId: id,
    project: project ?? names.project,
    displayName: displayName ?? defaultDisplayName(name),
    description,
  }).email;
}
