import * as pulumi from "@pulumi/pulumi";
import { VerifiedService } from "pulumi-oidc-runner/service";

const config = new pulumi.Config();

// Keys and reviews from the cluster's own API server, with the pod's own token and no other right than that to reviews.
const service = new VerifiedService("reviewed", {
  image: config.require("image"),
  port: config.requireNumber("port"),
  namespace: "reviewed",
  createNamespace: true,
  cluster: { kubernetes: { issuerUrl: config.require("issuerUrl") }, jwksFromApiServer: true },
  allow: [{ namespace: "reviewed-callers", serviceAccountName: "listed" }],
  tokenReview: {},
  networkPolicy: {},
});

export const workloadName = service.workloadName;
export const serviceAccountName = service.serviceAccountName;
export const audience = service.audience;
