import * as pulumi from "@pulumi/pulumi";
import { printable } from "../../trust";
import type { IssuerKey } from "../../trust/issuers";
import { checkWaivers, type Waiver } from "../../trust/lint";
import { compileDefinition, type DefinitionInput, findingText, reviewDefinitions } from "../../trust/parties/pulumi";
import { checkWhenPlain, isPlain } from "./check-when-plain";
import { checkCaller } from "./policy";
import type { LintWaiver, PolicyDefinition } from "./policy-definition";

/** What a program says about definitions, here or through a component. */
export interface DefinitionArgs {
  organization: pulumi.Input<string>;
  policies: pulumi.Input<pulumi.Input<PolicyDefinition>[]>;
  issuerKind?: pulumi.Input<IssuerKey | undefined>;
  waive?: pulumi.Input<pulumi.Input<LintWaiver>[]>;
  callerClaims?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  callerTokenFile?: pulumi.Input<string>;
}

/**
 * Refuses what is known to be bad before anything is created. What holds Outputs is refused by the provider's `check`, once it
 * is known and before it is written.
 */
export function checkDefinitionArgs(args: DefinitionArgs): void {
  const { organization, policies, issuerKind, waive, callerClaims, callerTokenFile } = args;
  checkWhenPlain(waive, (waivers) => checkWaivers(waivers as Waiver[]));
  checkWhenPlain({ callerClaims, callerTokenFile }, checkCaller);
  if (isPlain({ organization, policies, issuerKind, waive })) {
    review(args as unknown as Known);
  } else if (Array.isArray(policies)) {
    // Those that are known, one by one; the linter needs all.
    policies.forEach((definition, index) => {
      if (isPlain({ organization, definition })) {
        compileDefinition(definition as DefinitionInput, organization as string, `policies[${index}]`);
      }
    });
  }
}

/** Shows the linter's warnings about a resource's definitions once they are known, in one line. */
export function warnOfDefinitions(args: DefinitionArgs, resource: pulumi.Resource): void {
  const { organization, policies, issuerKind, waive } = args;
  pulumi.output({ organization, policies, issuerKind, waive }).apply((known) => {
    const warnings = warningsOf(known as unknown as Known);
    if (warnings.length > 0) {
      // The engine shows it; nobody waits for the log call.
      void pulumi.log.warn(printable(warnings.join("; ")), resource);
    }
  });
}

interface Known {
  organization: string;
  policies: DefinitionInput[];
  issuerKind?: IssuerKey;
  waive?: Waiver[];
}

function review({ policies, ...options }: Known) {
  return reviewDefinitions(policies, options);
}

function warningsOf(known: Known): string[] {
  try {
    return review(known).warnings.map((finding) => `${findingText(finding)}. Fix: ${finding.fix}`);
  } catch {
    // Refused by the provider's check, which says so.
    return [];
  }
}
