import type * as pulumi from "@pulumi/pulumi";
import type { WaivableFinding } from "../../../trust/lint";
import { warn } from "../../resources";

/** Findings that are known and meant. */
export type Waived = pulumi.Output<readonly { name: string }[]>;

/** Warns of findings, unless they are waived. */
export function warnUnlessWaived(
  trust: pulumi.Resource,
  waived: Waived,
  findings: readonly { name: WaivableFinding; what: string; fix: string }[],
): void {
  waived.apply((waivers) => {
    for (const { name, what, fix } of findings.filter((one) => !waivers.some((waiver) => waiver.name === one.name))) {
      const waiver = `waive: [{ name: "${name}", reason: "…" }]`;
      warn(`${name}: ${what}. Fix: ${fix}; where it is meant, waive it: ${waiver}`, trust);
    }
  });
}
