import * as pulumi from "@pulumi/pulumi";
import { KubernetesOidcRunner, OidcTrustSetup, type PolicyDefinition } from "pulumi-oidc-runner";

const config = new pulumi.Config();
const common = config.requireObject<{ organization: string; caCertificates: string }>("common");
const issuerUrl = config.require("issuerUrl");
const policies = config.requireObject<PolicyDefinition[]>("policies");
const [first, ...others] = config.requireObject<[string, ...string[]]>("runners");

// Pods are worth their time once: the other Jobs are there and start none.
pulumi.runtime.registerStackTransformation(({ type, name, props, opts }) => {
  if (type !== "kubernetes:batch/v1:Job" || name === first) {
    return undefined;
  }
  const { metadata, spec } = props as { metadata: object; spec: pulumi.Input<object> };
  return {
    props: {
      ...props,
      // Nobody waits for them, nor takes them for failed.
      metadata: { ...metadata, annotations: { "pulumi.com/skipAwait": "true" } },
      spec: pulumi.output(spec).apply((known) => ({ ...known, suspend: true })),
    },
    opts,
  };
});

const trust = new OidcTrustSetup("shared", { ...common, kubernetes: { issuerUrl }, policies });
for (const name of [first, ...others]) {
  new KubernetesOidcRunner(name, {
    ...common,
    accessToken: { organization: {} },
    cluster: { issuerUrl },
    namespace: config.require("namespace"),
    trust,
    createPolicy: false,
  });
}
