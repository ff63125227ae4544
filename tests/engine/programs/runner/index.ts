import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import * as pulumi from "@pulumi/pulumi";
import { KubernetesOidcRunner, OidcTrustSetup, type OidcTrustSetupArgs } from "pulumi-oidc-runner";
import { EksOidcRunner } from "pulumi-oidc-runner/eks";

/** Arguments as the tests give them: any values, bad ones included. */
type Loose = Record<string, unknown>;

const config = new pulumi.Config();
const args = config.requireObject<Loose>("args");

// Arguments that are known only when a resource of the program exists, as another resource's outputs would be.
const late = config.getObject<Record<string, string>>("late");
if (late !== undefined) {
  const source = new ConfigMap("source", {
    metadata: { namespace: config.require("sourceNamespace") },
    data: late,
  });
  for (const path of Object.keys(late)) {
    const keys = path.split(".");
    const last = keys.pop() as string;
    const target = keys.reduce<Loose>((object, key) => object[key] as Loose, args);
    target[last] = source.data.apply((data) => data[path] ?? "");
  }
}

const trust = config.getObject<OidcTrustSetupArgs>("trust");
if (trust !== undefined) {
  args.trust = new OidcTrustSetup("trust", trust);
}
const Runner = config.get("kind") === "eks" ? EksOidcRunner : KubernetesOidcRunner;
export const jobName = new Runner("tested", args as never).workloadName;
