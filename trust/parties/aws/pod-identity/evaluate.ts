import { POD_IDENTITY_AUDIENCE } from "../../../issuers";
import type { Explanation } from "../../../verdict";
import { decide, readTrustPolicy, type Statement } from "../evaluate";

/** Session tags of EKS Pod Identity (EKS User Guide, "Grant Pods access to AWS resources based on tags"). */
export interface PodIdentityTags {
  "eks-cluster-arn": string;
  "eks-cluster-name": string;
  "kubernetes-namespace": string;
  "kubernetes-service-account": string;
  "kubernetes-pod-name"?: string;
  "kubernetes-pod-uid"?: string;
}

/** The request for the second role of a chain, which the session of the first one makes. */
export interface ChainedRequest {
  /** ARN of the first role. */
  roleArn: string;
  /** The tags of its session, which are transitive; undefined where the association has them disabled. */
  tags?: PodIdentityTags;
  /** `REGION/ACCOUNT/CLUSTER/NAMESPACE/SERVICE_ACCOUNT`. */
  externalId?: string;
}

/**
 * Whether a role's trust policy lets EKS Pod Identity assume the role for a pod, with the tags it puts on the session, and
 * why. `aws:RequestTag/…` and `aws:TagKeys` are known; of the other keys of the request (`aws:SourceArn` among them, which
 * AWS' documents name without its form) nothing is, and there the answer errs to deny (see `decide`).
 *
 * @param tags undefined where the association has them disabled
 * @throws OidcRunnerError `AWS_POLICY_INVALID`
 */
export function evaluatePodIdentityTrust(document: unknown, tags: PodIdentityTags | undefined): Explanation {
  return decideAll(document, tags, {
    caller: POD_IDENTITY_AUDIENCE,
    isPrincipal: ({ AWS = [], Service = [] }) => AWS.includes("*") || Service.includes(POD_IDENTITY_AUDIENCE),
    valuesOf: () => undefined,
  });
}

/**
 * Whether the trust policy of an association's target role lets the session of its first role assume it, and why (EKS User
 * Guide, "Access AWS Resources using EKS Pod Identity Target IAM Roles", awsdocs/amazon-eks-user-guide at 06e01eb0a6bd).
 * Known are the transitive session tags, as tags of the request and of the principal, `sts:ExternalId` and the ARN and
 * account of the first role. Whether the first role's own policies permit it to ask is not looked at.
 *
 * @throws OidcRunnerError `AWS_POLICY_INVALID`
 */
export function evaluateTargetRoleTrust(document: unknown, { roleArn, tags, externalId }: ChainedRequest): Explanation {
  const [, partition = "", , , account = ""] = roleArn.split(":");
  const principals = ["*", account, `arn:${partition}:iam::${account}:root`, roleArn];
  const keys: Record<string, string[]> = {
    "aws:principalarn": [roleArn],
    "aws:principalaccount": [account],
    "sts:externalid": externalId === undefined ? [] : [externalId],
    // Of a name that the session's tags lack the role's own tags may have a value, which is not known here.
    ...Object.fromEntries(Object.entries(tags ?? {}).map(([tag, value]) => [`aws:principaltag/${tag}`, [value]])),
  };
  return decideAll(document, tags, {
    caller: roleArn,
    isPrincipal: ({ AWS = [] }) => AWS.some((entry) => principals.includes(entry)),
    valuesOf: (key) => keys[key],
  });
}

interface Caller {
  caller: string;
  /** Whether a principal that is not `"*"` is the one who asks. */
  isPrincipal: (principal: Record<string, string[]>) => boolean;
  /** What else is known of the request; keys are in small letters. */
  valuesOf: (key: string) => string[] | undefined;
}

/** With tags `sts:TagSession` is asked for at once with the role ("Create IAM role with trust policy required by EKS Pod Identity"). */
function decideAll(document: unknown, tags: PodIdentityTags | undefined, request: Caller): Explanation {
  const statements = readTrustPolicy(document);
  const given = new Map(Object.entries(tags ?? {}).map(([key, value]) => [key.toLowerCase(), value as string]));
  const actions = tags === undefined ? ["sts:AssumeRole"] : ["sts:AssumeRole", "sts:TagSession"];
  const verdicts = actions.map((action) =>
    decide(statements, {
      action,
      caller: request.caller,
      isPrincipal: (principal: Statement["principal"]) => principal === "*" || request.isPrincipal(principal),
      valuesOf: (key) => {
        const name = key.toLowerCase();
        const known = request.valuesOf(name);
        if (known !== undefined) {
          return known;
        }
        if (name === "aws:tagkeys") {
          return [...given.keys()];
        }
        const [, tag] = /^aws:requesttag\/(.*)$/.exec(name) ?? [];
        if (tag !== undefined) {
          const value = given.get(tag);
          return value === undefined ? [] : [value];
        }
        // Keys of a web identity are none of this request's.
        return /^(aws|sts):/.test(name) ? "not-in-claims" : [];
      },
    }),
  );
  const denied = verdicts.filter(({ decision }) => decision === "deny");
  const decisive = denied.length > 0 ? denied : verdicts;
  return {
    decision: denied.length > 0 ? "deny" : "allow",
    reasons: [...new Set(decisive.flatMap(({ reasons }) => reasons))],
  };
}
