import { dirname, join } from "node:path";
import { quote } from "../shell";
import type { LabState } from "../types";

/**
 * The environment that points the Pulumi CLI, its plugins and `kubectl` at a lab. State is kept in files of the lab; the
 * provider finds Pulumi Cloud by `PULUMI_API` and logs in with the lab administrator's token.
 */
export function labEnvironment(state: LabState): Record<string, string> {
  return {
    KUBECONFIG: state.kubeconfig,
    OIDC_RUNNER_LAB: join(state.directory, "lab.json"),
    PULUMI_HOME: state.pulumiHome,
    PULUMI_BACKEND_URL: `file://${join(state.directory, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "",
    PULUMI_API: state.pulumiCloud.url,
    PULUMI_ACCESS_TOKEN: state.pulumiCloud.adminToken,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // Public authorities and the lab's, for what the CLI and the providers call. Node.js has the public ones of its own.
    SSL_CERT_FILE: state.authorities,
    NODE_EXTRA_CA_CERTS: state.ca,
  };
}

/**
 * For programs that are type-checked elsewhere: the examples, the tests' own, and what deployments run. Checking the types of the SDKs
 * takes ten seconds each time. A user's program, run by the shell file, is checked as on any other machine.
 */
export const TRANSPILE_ONLY = { PULUMI_NODEJS_TRANSPILE_ONLY: "true" };

/** A shell file that sets {@link labEnvironment} and puts the CLI on PATH. */
export function environmentFile(state: LabState): string {
  const quoted = Object.entries(labEnvironment(state)).map(([name, value]) => `export ${name}=${quote(value)}`);
  return [...quoted, `export PATH=${quote(dirname(state.pulumiCli.path))}:"$PATH"`, ""].join("\n");
}
