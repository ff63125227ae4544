import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { dyingWithParent } from "../isolation";

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
  const command = dyingWithParent([join(plugin, "pulumi-resource-kubernetes")]).map(shellQuote);
  const script = `#!/bin/sh\nexec ${command.join(" ")} "$@"\n`;
  writeFileSync(join(directory, "pulumi-resource-kubernetes"), script, { mode: 0o755 });
}

function shellQuote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
