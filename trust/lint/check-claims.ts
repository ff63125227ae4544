import { claimFacts } from "../issuers";
import type { Finding } from "./finding";
import type { Subject } from "./rules-view";

/** Finds rules on claims whose value strangers choose. */
export function checkClaims({ issuer, rules }: Subject): Finding[] {
  return rules.flatMap(({ keys, path }) => {
    const facts = issuer && claimFacts(issuer, keys);
    if (facts?.is !== "untrusted") {
      return [];
    }
    return [
      {
        name: "UNTRUSTED_CLAIM",
        severity: "warning",
        path,
        message: `${keys.join(".")} is chosen by ${facts.chosenBy}, so it does not restrict who gets in`,
        fix: "use a claim that the issuer sets, such as ref or environment, and ids for owners and projects",
      },
    ];
  });
}
