import * as pulumi from "@pulumi/pulumi";
import { KubernetesOidcRunner, OidcTrustSetup, type PolicyDefinition } from "pulumi-oidc-runner";
import type { Wanted } from "../../wanted";

const { organization, namespace, caCertificates, clusters, shared, suspended } =
  new pulumi.Config().requireObject<Wanted>("wanted");

if (suspended) {
  pulumi.runtime.registerStackTransformation(({ type, props, opts }) => {
    if (type !== "kubernetes:batch/v1:Job") {
      return undefined;
    }
    const { metadata, spec } = props as { metadata: { annotations?: object }; spec: pulumi.Input<object> };
    return {
      props: {
        ...props,
        metadata: {
          ...metadata,
          // Otherwise a next update would make it again, because it is never complete.
          annotations: {
            ...metadata.annotations,
            "pulumi.com/skipAwait": "true",
            "pulumi.com/replaceUnready": "false",
          },
        },
        spec: pulumi.output(spec).apply((known) => ({ ...known, suspend: true })),
      },
      opts,
    };
  });
}

/** What a pod does that runs: work that takes longer than a policy's quiet window, as deployments do. */
const command = suspended ? undefined : ["sh", "-c", "sleep 3 && pulumi whoami"];

/** A definition for all runners of the namespace. */
const ofNamespace: PolicyDefinition = {
  decision: "allow",
  accessToken: { organization: {} },
  rules: { aud: `urn:pulumi:org:${organization}`, sub: `system:serviceaccount:${namespace}:*` },
};

for (const { issuerUrl, jwks, runners } of clusters) {
  const common = { organization, caCertificates };
  const trust = shared
    ? new OidcTrustSetup(issuerUrl.replace("https://", ""), {
        ...common,
        kubernetes: { issuerUrl, jwks },
        policies: [ofNamespace],
      })
    : undefined;
  const cluster = shared ? { issuerUrl } : { issuerUrl, jwks };
  for (const name of runners) {
    const own = { ...common, accessToken: { organization: {} }, cluster, namespace, command } as const;
    new KubernetesOidcRunner(name, shared ? { ...own, trust, createPolicy: false } : own);
  }
}
