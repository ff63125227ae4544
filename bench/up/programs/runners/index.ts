import * as pulumi from "@pulumi/pulumi";
import { KubernetesOidcRunner } from "pulumi-oidc-runner";
import type { Wanted } from "../../wanted";

const { organization, namespace, caCertificates, clusters, suspended } = new pulumi.Config().requireObject<Wanted>(
  "wanted",
);

if (suspended) {
  pulumi.runtime.registerStackTransformation(({ type, props, opts }) => {
    if (type !== "kubernetes:batch/v1:Job") {
      return undefined;
    }
    const { metadata, spec } = props as { metadata: { annotations?: object }; spec: pulumi.Input<object> };
    return {
      props: {
        ...props,
        metadata: { ...metadata, annotations: { ...metadata.annotations, "pulumi.com/skipAwait": "true" } },
        spec: pulumi.output(spec).apply((known) => ({ ...known, suspend: true })),
      },
      opts,
    };
  });
}

for (const { issuerUrl, jwks, runners } of clusters) {
  for (const name of runners) {
    new KubernetesOidcRunner(name, {
      organization,
      tokenType: "organization",
      cluster: { issuerUrl, jwks },
      namespace,
      caCertificates,
    });
  }
}
