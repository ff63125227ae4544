import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ProvenTrust } from "../../../trust/parties/pulumi";

/** A runner's own files beside the scripts. Nothing in them is secret. */
export interface RunnerFiles {
  /** To run instead of a command: by the program its first line names, or by `sh -e`. */
  script?: string | undefined;
  /** PEM certificates trusted besides the image's own. */
  caCertificates?: string | undefined;
}

/** The scripts that `entrypoint.sh` is made of, beside it in the ConfigMap; each has one job. */
export const ENTRYPOINT_PARTS = [
  "command.sh",
  "direct.sh",
  "environment.sh",
  "exchange.sh",
  "failure.sh",
  "google-metadata.sh",
  "login.sh",
  "refusal.sh",
  "renew.sh",
  "retry.sh",
] as const;

let scripts: Record<string, string> | undefined;

/** The scripts, by name: the same in every runner's pod. */
export function entrypointScripts(): Record<string, string> {
  const read = (name: string) => withoutComments(readFileSync(join(__dirname, name), "utf8"));
  scripts ??= Object.fromEntries(["entrypoint.sh", ...ENTRYPOINT_PARTS].map((name) => [name, read(name)]));
  return scripts;
}

/** A script without blank lines and lines of comment, but for what names the shell. Ours hold no text of several lines. */
function withoutComments(script: string): string {
  return script.replace(/^[ \t]*(#(?!!).*)?\n/gm, "");
}

/** What a refused token is compared with: one `name=value` a line, read by sh without a JSON parser. */
export function expectedClaims({ issuerUrl, subject, audience, definition }: ProvenTrust): string {
  const rules = Object.entries(definition.rules).map(([path, pattern]) => `rule=${path}: ${pattern}`);
  return [`iss=${issuerUrl}`, `sub=${subject}`, `aud=${audience}`, ...rules].join("\n");
}

/** A runner's own files by name; most have none. */
export function runnerFiles({ script, caCertificates }: RunnerFiles): Record<string, string> {
  return {
    ...(script !== undefined && { "script.sh": script }),
    ...(caCertificates !== undefined && { "ca.crt": caCertificates }),
  };
}

/** A short hash of the data. It is part of the ConfigMap's name, so that a changed script is a new Job. */
export function contentHash(data: Record<string, string>): string {
  const entries = Object.entries(data).sort(([left], [right]) => (left < right ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(entries)).digest("hex").slice(0, 10);
}
