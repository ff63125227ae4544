import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { KubernetesOidcRunner, type KubernetesOidcRunnerArgs } from "pulumi-oidc-runner";

const config = new pulumi.Config();
const args = config.requireObject<KubernetesOidcRunnerArgs>("args");
/** Limits of the runner, as a user gives them. */
const customTimeouts = config.getObject<pulumi.CustomTimeouts>("customTimeouts");
/** What `pulumi.com/timeoutSeconds` is to be instead. */
const wait = config.get("wait");

if (config.getBoolean("nextVersion")) {
  becomeNextVersion();
}

const transform: pulumi.ResourceTransform = ({ type, props, opts }) => {
  if (wait === undefined || type !== "kubernetes:batch/v1:Job") return undefined;
  const { metadata, ...inputs } = props as { metadata: { annotations: Record<string, string> } };
  const annotations = { ...metadata.annotations, "pulumi.com/timeoutSeconds": wait };
  return { props: { ...inputs, metadata: { ...metadata, annotations } }, opts };
};

const runner = new KubernetesOidcRunner("deployer", args, { customTimeouts, transforms: [transform] });

/** Name of the Job. */
export const job = runner.workloadName;

/** Makes this package another version of itself: with other scripts and another default image. */
function becomeNextVersion(): void {
  const load = createRequire(__filename);
  const modules = join(dirname(load.resolve("pulumi-oidc-runner")), "workload");
  const entrypoint = load(join(modules, "entrypoint", "index.js")) as {
    entrypointScripts(): Record<string, string>;
  };
  const { entrypointScripts } = entrypoint;
  entrypoint.entrypointScripts = () => {
    const data = entrypointScripts();
    return { ...data, "entrypoint.sh": `${data["entrypoint.sh"]}\n# Of the next version.\n` };
  };
  const pod = load(join(modules, "pod", "template.js")) as { DEFAULT_IMAGE: string };
  pod.DEFAULT_IMAGE = "pulumi/pulumi:3.251.0-nonroot";
}
