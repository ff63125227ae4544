import type * as pulumi from "@pulumi/pulumi";
import { type WaivableWarning, warnUnlessWaived as warnNow } from "../lib";

/** Findings that are known and meant. */
export type Waived = pulumi.Output<readonly { name: string }[]>;

/** Warns of findings, unless they are waived, as soon as the waivers are known. */
export function warnUnlessWaived(trust: pulumi.Resource, waived: Waived, findings: readonly WaivableWarning[]): void {
  waived.apply((waivers) => warnNow(trust, waivers, findings));
}
