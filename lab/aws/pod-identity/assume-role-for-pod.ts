import { randomUUID } from "node:crypto";
import {
  evaluatePodIdentityTrust,
  evaluateTargetRoleTrust,
  type PodIdentityTags,
} from "../../../trust/parties/aws/pod-identity";
import type { JsonWebKeySet } from "../../pulumi-cloud/keys";
import { LAB_ACCOUNT_ID } from "../arn";
import { findRole } from "../find-role";
import { mayAssume } from "../may-assume";
import type { Role, Roles } from "../roles";
import type { SessionCredentials, Sessions } from "../sts";
import { type TrustVerdict, trustVerdict } from "../trust-verdict";
import type { PodIdentityAssociation, PodIdentityAssociations } from "./associations";
import { eksAuthError } from "./refusal";
import { type PodSubject, verifyPodToken } from "./verify-pod-token";

/** What EKS Auth knows of one cluster and its account. */
export interface PodIdentityContext {
  clusterName: string;
  region: string;
  /** `iss` of the cluster's tokens. */
  issuer: string;
  keys: (issuer: string) => Promise<JsonWebKeySet>;
  associations: PodIdentityAssociations;
  roles: Roles;
  sessions: Sessions;
  /** Milliseconds since the epoch. */
  clock: () => number;
}

/** Sessions of EKS Pod Identity last this long, seconds, whatever the role's maximum: six hours, as seen; not documented. */
const SESSION_SECONDS = 6 * 3600;
/** Those of a target role: the longest of a session that another one began (IAM User Guide, "Role chaining"). */
const CHAINED_SECONDS = 3600;
const LONGEST_SESSION_NAME = 64;

/**
 * `AssumeRoleForPodIdentity` of EKS Auth: a token of a pod, for EKS Pod Identity, gets credentials of the role that is
 * associated with the pod's ServiceAccount, if the role's trust policy lets EKS assume it with the pod's tags; or those of the
 * association's target role, if the first role may assume it. A session policy narrows what the credentials are good for,
 * which is nothing here.
 */
export async function assumeRoleForPod(context: PodIdentityContext, token: string): Promise<SessionCredentials> {
  const { clusterName, region, issuer, keys, clock } = context;
  const subject = await verifyPodToken(token, { issuer, keys, now: clock() });
  const association = context.associations.find({ clusterName, ...subject });
  if (association === undefined) {
    const who = `${subject.namespace}/${subject.serviceAccount}`;
    const detail = `cluster ${clusterName} has no association for ${who}`;
    throw eksAuthError("ResourceNotFoundException", 404, "No pod identity association was found.", detail);
  }
  const tags = association.disableSessionTags
    ? undefined
    : {
        "eks-cluster-arn": `arn:aws:eks:${region}:${LAB_ACCOUNT_ID}:cluster/${clusterName}`,
        "eks-cluster-name": clusterName,
        "kubernetes-namespace": subject.namespace,
        "kubernetes-service-account": subject.serviceAccount,
        "kubernetes-pod-name": subject.podName,
        "kubernetes-pod-uid": subject.podUid,
      };
  const { roleArn, targetRoleArn } = association;
  const first = allowed(
    trustVerdict(findRole(context.roles, roleArn), roleArn, (document) => evaluatePodIdentityTrust(document, tags)),
  );
  const role = targetRoleArn === undefined ? first : chained(context.roles, first, association, tags);
  const seconds = targetRoleArn === undefined ? SESSION_SECONDS : CHAINED_SECONDS;
  return context.sessions.issue({ role, sessionName: sessionName(clusterName, subject), seconds });
}

/**
 * The target role, which the session of the first one asks for. The external id is given where session tags are disabled (EKS
 * User Guide, "Access AWS Resources using EKS Pod Identity Target IAM Roles"); whether it is given beside them is not
 * documented, and here it is not.
 */
function chained(
  roles: Roles,
  first: Role,
  { targetRoleArn = "", externalId }: PodIdentityAssociation,
  tags: PodIdentityTags | undefined,
): Role {
  const actions = tags === undefined ? ["sts:AssumeRole"] : ["sts:AssumeRole", "sts:TagSession"];
  const missing = actions.find((action) => !mayAssume(roles, first, action, targetRoleArn));
  if (missing !== undefined) {
    refuse([`no policy of ${first.arn} allows ${missing} on ${targetRoleArn}`]);
  }
  const request = { roleArn: first.arn, ...(tags === undefined ? { externalId } : { tags }) };
  return allowed(
    trustVerdict(findRole(roles, targetRoleArn), targetRoleArn, (document) =>
      evaluateTargetRoleTrust(document, request),
    ),
  );
}

function allowed({ role, reasons }: TrustVerdict): Role {
  return role ?? refuse(reasons);
}

function refuse(reasons: string[]): never {
  const words = "Unauthorized Exception! EKS does not have permissions to assume the associated role.";
  throw eksAuthError("AccessDeniedException", 400, words, reasons.join("; "));
}

// As the EKS Auth API documents it: eks-CLUSTER-POD-UUID. What gives way in a name that is too long is ours.
function sessionName(clusterName: string, { podName }: PodSubject): string {
  const uuid = randomUUID();
  return `${`eks-${clusterName}-${podName}`.slice(0, LONGEST_SESSION_NAME - uuid.length - 1)}-${uuid}`;
}
