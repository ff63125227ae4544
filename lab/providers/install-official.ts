import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { dyingWithParent } from "../isolation";
import { launcher } from "../shell";

/**
 * Puts a launcher of the official Kubernetes plugin into `PULUMI_HOME/plugins`: the plugin ends with its engine, because by
 * itself it lives on for minutes after one that was killed.
 *
 * Not a symbolic link to the plugin's directory, which the engine passes by (pulumi/pulumi v3.259.0,
 * sdk/go/common/workspace/plugins.go, tryPlugin).
 *
 * @param plugin the plugin's directory, called as the engine wants it
 */
export function installOfficialKubernetes(plugin: string, pulumiHome: string): void {
  const directory = join(pulumiHome, "plugins", basename(plugin));
  mkdirSync(directory, { recursive: true });
  const script = launcher(...dyingWithParent([join(plugin, "pulumi-resource-kubernetes")]));
  writeFileSync(join(directory, "pulumi-resource-kubernetes"), script, { mode: 0o755 });
}
