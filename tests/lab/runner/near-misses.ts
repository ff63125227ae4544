import type { ApiClient } from "../../../lab/cluster/api-client";
import type { ProvenTrust } from "../../../trust/parties/pulumi/proof";
import type { PolicyDefinition } from "../../../trust/policy/model";
import { tamperedToken, unsignedToken } from "../../helpers/issuer/forgery";
import type { Refusal } from "./refusals";
import { NAMESPACE, prepareNamespace, type RunnerJobOptions, requestToken, trustOf } from "./runner-job";
import type { RunnerLab } from "./runner-lab";

/** A Job that must be refused, and how it must be explained. */
export interface NearMiss {
  /** In words, for the test's title. */
  title: string;
  job: RunnerJobOptions;
  refusal: Refusal;
  /** Why the lab refused, in its log; so that nothing is refused for another reason than the one tested. */
  reason: RegExp;
  /** Parts of the token that are known to the test and must not be in the log. */
  secrets?: string[];
}

const ELSEWHERE = "elsewhere";

/** The runners of the tests: `good` and those whose policy is wrong. */
export interface Runners {
  good: ProvenTrust;
  /** Its allow stands beside a deny that matches as well. */
  denied: ProvenTrust;
  /** Its policy is for a team's token; it asks for an organization's. */
  otherType: ProvenTrust;
}

/** What the issuer's policy holds at first. */
export function policyOf({ good, denied, otherType }: Runners): PolicyDefinition[] {
  const deny: PolicyDefinition = {
    decision: "deny",
    tokenType: "organization",
    rules: { '"kubernetes.io".serviceaccount.name': "denied" },
  };
  return [
    good.definition,
    denied.definition,
    deny,
    { ...otherType.definition, tokenType: "team", teamName: "platform" },
  ];
}

/** Makes namespaces and ServiceAccounts of both clusters, registers the first one's issuer and sets its policy. */
export async function prepareRunners(lab: RunnerLab): Promise<Runners & { policyId: string }> {
  const runners = { good: trustOf(lab, "good"), denied: trustOf(lab, "denied"), otherType: trustOf(lab, "other-type") };
  const [first, second] = lab.clusters as [ApiClient, ApiClient];
  const { good } = runners;
  const issuer = await lab.cloud.registerIssuer({ name: "first", url: good.issuerUrl });
  const { id: policyId } = await lab.cloud.getPolicy(issuer.id);
  await lab.cloud.updatePolicy(policyId, policyOf(runners));
  await Promise.all([
    prepareNamespace(lab, first, NAMESPACE, ["good", "neighbour", "denied", "other-type"]),
    prepareNamespace(lab, first, ELSEWHERE, ["good"]),
    prepareNamespace(lab, second, NAMESPACE, ["good"]),
  ]);
  return { ...runners, policyId };
}

/** Puts a token into a Secret that a pod can have instead of its projected token. */
async function tokenSecret(lab: RunnerLab, name: string, token: string): Promise<string[]> {
  const [cluster] = lab.clusters as [ApiClient];
  await cluster.post(`/api/v1/namespaces/${NAMESPACE}/secrets`, { metadata: { name }, stringData: { token } });
  const signature = token.split(".")[2] as string;
  return signature === "" ? [token] : [token, signature];
}

/** The pod on the second API server: what its log must say, whether or not that issuer is registered. */
export function anotherCluster(lab: RunnerLab, { good }: Runners): Omit<NearMiss, "reason"> {
  return {
    title: "another cluster's token",
    job: { trust: good, cluster: lab.clusters[1] },
    refusal: {
      differs: ["iss", good.issuerUrl, lab.state.clusters[1]?.issuer ?? ""],
      cause: /issued by another cluster/,
      fix: /'cluster'/,
    },
  };
}

/** Every near miss that needs neither the clock nor a change of the policy. */
export async function nearMisses(lab: RunnerLab, runners: Runners): Promise<NearMiss[]> {
  const { good, denied, otherType } = runners;
  const [cluster] = lab.clusters as [ApiClient];
  const neighbour = `system:serviceaccount:${NAMESPACE}:neighbour`;
  // Every claim as it must be, under the signature of a token with another subject.
  const stolen = await requestToken(cluster, "neighbour", good.audience);
  const tampered = tamperedToken(stolen, { sub: good.subject });
  const claims = JSON.parse(Buffer.from(tampered.split(".")[1] as string, "base64url").toString()) as object;
  const keyId = (JSON.parse(Buffer.from(stolen.split(".")[0] as string, "base64url").toString()) as { kid: string })
    .kid;
  const unsigned = unsignedToken({ ...claims });
  const policy = (got: string): Refusal["differs"] => [
    "policy",
    /^an allow for a token of type organization .* and no deny that matches$/,
    got,
  ];
  return [
    {
      title: "the neighbour ServiceAccount",
      job: { trust: good, serviceAccountName: "neighbour" },
      refusal: {
        differs: ["sub", good.subject, neighbour],
        cause: /another service account/,
        fix: /own ServiceAccount/,
      },
      reason: /reason=NO_ALLOW_MATCHES .*sub="system:serviceaccount:runners:neighbour"/,
    },
    {
      title: "another namespace",
      job: { trust: good, namespace: ELSEWHERE },
      refusal: {
        differs: ["sub", good.subject, `system:serviceaccount:${ELSEWHERE}:good`],
        cause: /another namespace/,
        fix: /own ServiceAccount/,
      },
      reason: /reason=NO_ALLOW_MATCHES .*sub="system:serviceaccount:elsewhere:good"/,
    },
    { ...anotherCluster(lab, runners), reason: /reason=ISSUER_UNKNOWN .*sub="system:serviceaccount:runners:good"/ },
    {
      title: "the wrong audience",
      job: { trust: good, audience: "urn:pulumi:org:acme-2" },
      refusal: {
        differs: ["aud", good.audience, "urn:pulumi:org:acme-2"],
        cause: /another audience/,
        fix: /audience urn:pulumi:org:acme\./,
      },
      reason: /reason=NO_ALLOW_MATCHES .*sub="system:serviceaccount:runners:good"/,
    },
    {
      title: "a deny beside a matching allow",
      job: { trust: denied },
      refusal: { differs: policy("access_denied"), cause: /one of these;/, fix: /remove the deny/ },
      reason: /reason=DENIED_BY_DEFINITION .*sub="system:serviceaccount:runners:denied"/,
    },
    {
      title: "a policy for another token type",
      job: { trust: otherType },
      refusal: {
        differs: policy("access_denied"),
        cause: /one of these;/,
        fix: /for another token type it does not count/,
      },
      reason: /reason=NO_ALLOW_MATCHES .*sub="system:serviceaccount:runners:other-type"/,
    },
    {
      title: "a tampered token",
      job: { trust: good, tokenSecret: "tampered" },
      refusal: {
        differs: [
          "signature",
          /^by a current key of \S+, registered/,
          `RS256 by key id ${keyId}, which this pod can't check`,
        ],
        cause: /one of these;/,
        fix: /as the cluster projects it/,
      },
      reason: /reason=SIGNATURE_INVALID .*sub="system:serviceaccount:runners:good"/,
      secrets: await tokenSecret(lab, "tampered", tampered),
    },
    {
      title: "an unsigned token (alg: none)",
      job: { trust: good, tokenSecret: "unsigned" },
      refusal: {
        differs: ["alg", "a signature by the issuer's key, such as RS256", "none"],
        cause: /not signed by the cluster/,
        fix: /projected token/,
      },
      reason: /reason=ALGORITHM_REFUSED .*sub="system:serviceaccount:runners:good"/,
      secrets: await tokenSecret(lab, "unsigned", unsigned),
    },
  ];
}
