import assert from "node:assert/strict";
import { awsWebIdentity } from "../../../../provider/workload/access/aws-web-identity";
import { eksPodIdentity } from "../../../../provider/workload/access/eks-pod-identity";
import type { PodParts } from "../../../../provider/workload/pod/parts";
import { pulumiToken } from "../../../../provider/workload/pod/subject-token";
import { podTemplate } from "../../../../provider/workload/pod/template";
import { proveRunnerTrust } from "../../../../trust/parties/pulumi/proof";
import { eksWebhook, type WebhookPod, type WebhookSettings } from "../../../helpers/eks-webhook";

const roleArn = "arn:aws:iam::123456789012:role/deployer";
const region = "eu-west-1";
const token = { tokenType: "organization" } as const;

/** A runner's pod as the API server shows it to webhooks. */
function pod(identity?: PodParts, env: Record<string, string> = {}): WebhookPod {
  const trust = proveRunnerTrust({
    ...{ organization: "acme", issuerUrl: "https://oidc.eks.eu-west-1.amazonaws.com/id/ABC", token },
    ...{ namespace: "pulumi", serviceAccountName: "deployer" },
  });
  return podTemplate({
    ...{
      organization: "acme",
      trust,
      token,
      expirationSeconds: 7200,
      apiUrl: "https://api.pulumi.com",
      hasScript: false,
      subjectToken: pulumiToken("acme"),
    },
    ...{ configMapNames: ["deployer-0123456789"], labels: { app: "x" }, annotations: {}, identity, env },
  }) as unknown as WebhookPod;
}

/** Every way the webhook may be set up for a ServiceAccount. */
const every = (settings: WebhookSettings): WebhookSettings[] =>
  [undefined, region].flatMap((itsRegion) =>
    [false, true].map((regionalSts) => ({ ...settings, region: itsRegion, regionalSts })),
  );

const WEB = awsWebIdentity({ roleArn, region });
const AGENT = eksPodIdentity({ region });

describe("a runner's pod under EKS's webhook", () => {
  const unchanged: [what: string, pod: WebhookPod, settings: WebhookSettings][] = [
    ["with a role", pod(WEB), { roleArn }],
    [
      "with a role and a token of a day",
      pod(awsWebIdentity({ roleArn, region, tokenExpirationSeconds: 86_400 })),
      { roleArn },
    ],
    ["with a role and a region of the user's", pod(WEB, { AWS_REGION: "us-east-1" }), { roleArn }],
    ["with EKS Pod Identity", pod(AGENT), { podIdentity: true }],
    ["with EKS Pod Identity on IPv6", pod(eksPodIdentity({ region, ipFamily: "ipv6" })), { podIdentity: true }],
    ["with EKS Pod Identity, on a ServiceAccount that names a role too", pod(AGENT), { podIdentity: true, roleArn }],
    ["without access to AWS", pod(), {}],
  ];
  for (const [what, ours, settings] of unchanged) {
    it(`is left as it is: ${what}`, () => {
      for (const setup of every(settings)) assert.deepEqual(eksWebhook(ours, setup), ours, JSON.stringify(setup));
    });
  }

  /** A pod like ours that lacks one thing. */
  const without = (parts: PodParts, lacking: Partial<PodParts>, ...variables: string[]) => {
    const env = Object.fromEntries(Object.entries(parts.env).filter(([name]) => !variables.includes(name)));
    return pod({ ...parts, env, ...lacking });
  };
  const changed: [what: string, pod: WebhookPod, settings: WebhookSettings][] = [
    ["no volume of that name", without(WEB, { volumes: [] }), { roleArn }],
    ["no AWS parts at all", pod(), { roleArn }],
    ["no region", pod(awsWebIdentity({ roleArn })), { roleArn, region }],
    ["no word on STS's endpoint", without(WEB, {}, "AWS_STS_REGIONAL_ENDPOINTS"), { roleArn, regionalSts: true }],
    ["neither mount nor region", without(awsWebIdentity({ roleArn }), { mounts: [] }), { roleArn }],
    ["no role", without(WEB, {}, "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"), { roleArn }],
    ["a role where an association is", pod(WEB), { podIdentity: true }],
    ["no label", without(AGENT, { labels: {} }), { podIdentity: true }],
    ["no volume of the agent's", without(AGENT, { volumes: [] }), { podIdentity: true }],
    ["no region for Pod Identity", pod(eksPodIdentity({})), { podIdentity: true, region }],
  ];
  for (const [what, other, settings] of changed) {
    it(`would be changed: ${what}`, () => assert.notDeepEqual(eksWebhook(other, settings), other));
  }

  /** What the webhook sets; the session's name it leaves to others. */
  const isWebhooks = (name: string) => name.startsWith("AWS_") && name !== "AWS_ROLE_SESSION_NAME";

  it("has of the webhook's own volume, mount and variables what the webhook would give a bare pod", () => {
    const parts = (from: WebhookPod) => {
      const [container] = from.spec.containers;
      const { env = [], volumeMounts = [] } = container ?? {};
      return {
        env: Object.fromEntries(env.filter(({ name }) => isWebhooks(name)).map(({ name, value }) => [name, value])),
        mounts: volumeMounts.filter(({ mountPath }) => mountPath.includes("amazonaws.com")),
        volumes: from.spec.volumes?.filter(({ name }) => /^(aws-iam|eks-pod-identity)-token$/.test(name)),
        labels: from.metadata.labels,
      };
    };
    for (const [ours, settings] of [
      [awsWebIdentity({ roleArn, region, tokenExpirationSeconds: 86_400 }), { roleArn }],
      [eksPodIdentity({ region, tokenExpirationSeconds: 86_400 }), { podIdentity: true }],
    ] as const) {
      assert.deepEqual(parts(pod(ours)), parts(eksWebhook(pod(), { ...settings, region, regionalSts: true })));
    }
  });
});
