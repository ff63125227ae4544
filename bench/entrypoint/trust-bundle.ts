import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SYSTEM_BUNDLE = "/etc/ssl/certs/ca-certificates.crt";

/** Writes the authorities a command in the pod trusts: the public ones and the private one, as the entrypoint gives them. */
export function trustBundle(caFile: string, directory: string): string {
  const file = join(directory, "bundle.crt");
  writeFileSync(file, readFileSync(SYSTEM_BUNDLE, "utf8") + readFileSync(caFile, "utf8"));
  return file;
}
