import assert from "node:assert/strict";
import { pulumiAudience } from "../../../../provider/trust/audience";
import { conditionKeyPrefix } from "../../../../provider/trust/issuers/eks";
import { gkeIssuerUrl } from "../../../../provider/trust/issuers/gke";
import { checkIssuerUrl } from "../../../../provider/trust/issuers/issuer-url";
import { podClaims } from "../../../../provider/trust/issuers/kubernetes";
import { refused } from "../../../helpers/refused";

const HOST = "oidc.eks.eu-west-1.amazonaws.com/id/ABC123";

describe("provider/trust/issuers", () => {
  it("derives a GKE cluster's issuer, without a final slash", () => {
    const url = gkeIssuerUrl({ project: "acme-prod", location: "europe-west1-b", name: "prod-1" });
    assert.equal(
      url,
      "https://container.googleapis.com/v1/projects/acme-prod/locations/europe-west1-b/clusters/prod-1",
    );
    checkIssuerUrl(url);
    checkIssuerUrl(gkeIssuerUrl({ project: "example.com:acme", location: "l", name: "n" }));
  });

  it("refuses what would lead into another path", () => {
    const cluster = { project: "acme", location: "europe-west1", name: "prod" };
    for (const field of ["project", "location", "name"] as const) {
      for (const value of ["", "a/b", "../x", "a b", "a?b", "A"]) {
        refused(() => gkeIssuerUrl({ ...cluster, [field]: value }), "GKE_CLUSTER_INVALID", `cluster.${field}`);
      }
    }
  });

  it("takes the condition key from the cluster's own provider, in every partition", () => {
    for (const partition of ["aws", "aws-cn", "aws-us-gov", "aws-iso-b", "aws-eusc"]) {
      const arn = `arn:${partition}:iam::123456789012:oidc-provider/${HOST}`;
      assert.equal(conditionKeyPrefix(arn, `https://${HOST}`), HOST);
    }
  });

  it("refuses another cluster's provider, down to one letter", () => {
    const arn = `arn:aws:iam::123456789012:oidc-provider/${HOST}`;
    for (const url of [
      `https://${HOST}4`,
      `https://${HOST.slice(0, -1)}`,
      `https://${HOST}/`,
      `http://${HOST}`,
      HOST,
    ]) {
      refused(
        () => conditionKeyPrefix(arn, url),
        "OIDC_PROVIDER_MISMATCH",
        "cluster.oidcProviderArn",
        `issuer is ${url}`,
      );
    }
  });

  it("refuses what is no provider's ARN", () => {
    for (const arn of [
      "",
      HOST,
      `https://${HOST}`,
      `arn:aws:iam::123456789012:role/${HOST}`,
      `arn:aws:iam::12345678901:oidc-provider/${HOST}`,
      `arn:gcp:iam::123456789012:oidc-provider/${HOST}`,
      `arn:awsx:iam::123456789012:oidc-provider/${HOST}`,
      "arn:aws:iam::123456789012:oidc-provider/",
      `x:arn:aws:iam::123456789012:oidc-provider/${HOST}`,
      `arn:aws:iam::123456789012:oidc-provider/${HOST}\nx`,
    ]) {
      refused(() => conditionKeyPrefix(arn, `https://${HOST}`), "OIDC_PROVIDER_ARN_INVALID", "cluster.oidcProviderArn");
    }
  });

  it("writes a pod's claims as the API server does", () => {
    const pod = { issuerUrl: "https://i.example.com", namespace: "ns", serviceAccountName: "sa" };
    const claims = podClaims({ ...pod, audience: pulumiAudience("acme"), podName: "runner-1" });
    assert.deepEqual(claims, {
      iss: "https://i.example.com",
      sub: "system:serviceaccount:ns:sa",
      aud: ["urn:pulumi:org:acme"],
      "kubernetes.io": { namespace: "ns", serviceaccount: { name: "sa" }, pod: { name: "runner-1" } },
    });
    assert.deepEqual(podClaims({ ...pod, audience: pulumiAudience("acme") }), {
      ...claims,
      "kubernetes.io": { namespace: "ns", serviceaccount: { name: "sa" }, pod: { name: "pod" } },
    });
  });
});
