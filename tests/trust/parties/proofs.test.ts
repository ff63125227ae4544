import assert from "node:assert/strict";
import type { Claims } from "../../../trust/claims/claims";
import { githubActions } from "../../../trust/issuers/ci/github-actions";
import { gitlab } from "../../../trust/issuers/ci/gitlab";
import { kubernetes, podClaims } from "../../../trust/issuers/kubernetes";
import { pulumiDeployments } from "../../../trust/issuers/pulumi-deployments";
import { pulumiEsc } from "../../../trust/issuers/pulumi-esc";
import { proveAwsTrust } from "../../../trust/parties/aws/proof";
import { proveAzureTrust } from "../../../trust/parties/azure/proof";
import { proveGcpTrust } from "../../../trust/parties/gcp/proof";
import { provePulumiTrust } from "../../../trust/parties/pulumi/proof";
import type { TrustedToken } from "../../../trust/proof";
import { refused } from "../../helpers/refused";

const POD = { issuerUrl: "https://cluster.example.com", namespace: "pulumi", serviceAccountName: "deployer" };
const AUDIENCE = "cloud";
const of = (issuer: string, subject: string): Claims => ({ iss: issuer, sub: subject, aud: AUDIENCE });

const TOKENS: [what: string, token: Claims, neighbours: (token: Claims) => Claims[]][] = [
  ["a pod", podClaims({ ...POD, audience: AUDIENCE }), kubernetes.neighbours],
  [
    "a job of GitHub",
    of("https://token.actions.githubusercontent.com", "repo:acme/app:ref:refs/heads/main"),
    githubActions.neighbours,
  ],
  ["a job of GitLab", of("https://gitlab.com", "project_path:acme/app:ref_type:branch:ref:main"), gitlab.neighbours],
  [
    "a deployment",
    of("https://api.pulumi.com/oidc", "pulumi:deploy:org:acme:project:web:stack:prod:operation:update:scope:write"),
    pulumiDeployments.neighbours,
  ],
  [
    "an environment",
    of("https://api.pulumi.com/oidc", "pulumi:environments:org:acme:env:web/prod"),
    pulumiEsc.neighbours,
  ],
];

const PARTIES: [
  name: string,
  prove: (trust: TrustedToken & { subject: string }, neighbours: readonly Claims[]) => unknown,
][] = [
  ["pulumi", (trust, neighbours) => provePulumiTrust(trust, { tokenType: "organization" }, neighbours)],
  [
    "aws",
    (trust, neighbours) =>
      proveAwsTrust(
        { ...trust, oidcProviderArn: trust.issuer.replace("https://", "arn:aws:iam::123456789012:oidc-provider/") },
        neighbours,
      ),
  ],
  [
    "gcp",
    (trust, neighbours) =>
      proveGcpTrust({ ...trust, pool: "projects/1/locations/global/workloadIdentityPools/ci" }, neighbours),
  ],
  ["azure", proveAzureTrust],
];

describe("trust/parties: proofs with the neighbours of an issuer's record", () => {
  for (const [what, token, neighboursOf] of TOKENS) {
    const trust = { issuer: String(token.iss), subject: String(token.sub), audience: AUDIENCE };
    for (const [party, prove] of PARTIES) {
      it(`${party} trusts ${what} alone`, () => {
        const neighbours = neighboursOf(token);
        assert.ok(neighbours.length >= 5, String(neighbours.length));
        prove(trust, neighbours);
        for (const neighbour of neighbours.filter(({ sub }) => sub !== token.sub)) {
          refused(() => prove({ ...trust, subject: String(neighbour.sub) }, neighbours), "TRUST_NOT_PROVEN");
        }
      });
    }
  }
});
