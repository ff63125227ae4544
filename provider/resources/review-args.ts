import type * as pulumi from "@pulumi/pulumi";
import type { IssuerKey } from "../../trust/issuers";
import { type Review, reviewDefinitions } from "../../trust/parties/pulumi";
import { outputOf } from "./checked";
import { policyChecks, warningOf } from "./checks";
import { checkNow, required } from "./lib";
import type { LintWaiver, PolicyDefinition } from "./policy-definition";
import { warn } from "./warn";

/** What a program says about definitions, here or through a component. */
export interface DefinitionArgs {
  organization: pulumi.Input<string>;
  policies: pulumi.Input<pulumi.Input<PolicyDefinition>[]>;
  issuerKind?: pulumi.Input<IssuerKey | undefined>;
  waive?: pulumi.Input<pulumi.Input<LintWaiver>[]>;
  callerClaims?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  callerTokenFile?: pulumi.Input<string>;
  apiUrl?: pulumi.Input<string>;
}

/** The one review of definitions in a program, or why they are refused. */
export type Reviewed = (Review & { organization: string }) | { refusal: unknown };

/**
 * Refuses what is known to be bad before anything is created, and reviews the definitions: at once if they are known, else when
 * they are. What is refused then is left to the provider's check, which refuses it before it is written.
 */
export function reviewArgs(args: DefinitionArgs): pulumi.Output<Reviewed> {
  let done: Review | undefined;
  const checks = policyChecks((review) => {
    done = review;
  });
  checkNow(required(args, "organization"), checks);
  const { organization, policies, issuerKind, waive } = args;
  return outputOf({ organization, policies, issuerKind, waive }).apply((known): Reviewed => {
    try {
      return { organization: known.organization, ...(done ?? reviewDefinitions(known.policies, known)) };
    } catch (refusal) {
      return { refusal };
    }
  });
}

/** Shows the linter's warnings about a resource's definitions, in one line. */
export function warnOf(reviewed: pulumi.Output<Reviewed>, resource: pulumi.Resource): void {
  reviewed.apply((known) => {
    const text = "warnings" in known ? warningOf(known) : undefined;
    if (text !== undefined) {
      warn(text, resource);
    }
  });
}
