import type { Explanation } from "../../explain";
import { POD_IDENTITY_AUDIENCE } from "../../issuers/eks";
import { decide } from "./decide";
import { readTrustPolicy, type Statement } from "./document";

/** Both are asked for at once: the session tags come with the role ("Create IAM role with trust policy required by EKS Pod Identity"). */
const ACTIONS = ["sts:AssumeRole", "sts:TagSession"];

/** Session tags of EKS Pod Identity (EKS User Guide, "Grant Pods access to AWS resources based on tags"). */
export interface PodIdentityTags {
  "eks-cluster-arn": string;
  "eks-cluster-name": string;
  "kubernetes-namespace": string;
  "kubernetes-service-account": string;
  "kubernetes-pod-name"?: string;
  "kubernetes-pod-uid"?: string;
}

/**
 * Whether a role's trust policy lets EKS Pod Identity assume the role for a pod, with the tags it puts on the session, and
 * why. `aws:RequestTag/…` and `aws:TagKeys` are known; of the other keys of the request (`aws:SourceArn` among them, which
 * AWS' documents name without its form) nothing is, and there the answer errs to deny (see `decide`).
 *
 * @throws OidcRunnerError `AWS_POLICY_INVALID`
 */
export function evaluatePodIdentityTrust(document: unknown, tags: PodIdentityTags): Explanation {
  const statements = readTrustPolicy(document);
  const given = new Map(Object.entries(tags).map(([key, value]) => [key.toLowerCase(), value as string]));
  const verdicts = ACTIONS.map((action) =>
    decide(statements, {
      action,
      caller: POD_IDENTITY_AUDIENCE,
      isPrincipal,
      valuesOf: (key) => {
        const name = key.toLowerCase();
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

/** A star, alone or as `{"AWS": "*"}`, is everybody; accounts, roles and federated identities are no services. */
function isPrincipal(principal: Statement["principal"]): boolean {
  if (principal === "*") {
    return true;
  }
  const { AWS = [], Service = [] } = principal;
  return AWS.includes("*") || Service.includes(POD_IDENTITY_AUDIENCE);
}
