import type * as pulumi from "@pulumi/pulumi";
import type { WaivableFinding } from "../../../trust/lint";
import { warn } from "../../resources";

/** A warning that can be waived. */
export interface WaivableWarning {
  name: WaivableFinding;
  what: string;
  fix: string;
}

/** Warns of findings, but for those that are known and meant. */
export function warnUnlessWaived(
  resource: pulumi.Resource,
  waivers: readonly { name: string }[],
  findings: readonly WaivableWarning[],
): void {
  for (const { name, what, fix } of findings.filter((one) => !waivers.some((waiver) => waiver.name === one.name))) {
    const waiver = `waive: [{ name: "${name}", reason: "…" }]`;
    warn(`${name}: ${what}. Fix: ${fix}; where it is meant, waive it: ${waiver}`, resource);
  }
}
