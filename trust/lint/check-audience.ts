import type { FindingOf } from "./finding";
import { rulesOn, type Subject } from "./rules-view";

/** `SHARED_AUDIENCE`: an audience that the issuer fixes, and that others take tokens with too. */
export const AUDIENCES = ["SHARED_AUDIENCE"] as const;

type Finding = FindingOf<(typeof AUDIENCES)[number]>;

/** Finds audiences that don't keep a token made for another service out. */
export function checkAudience(subject: Subject): Finding[] {
  const fixed = subject.issuer?.audience.fixed;
  return rulesOn(subject, "aud").flatMap(({ pattern, path }) =>
    fixed === undefined || pattern !== fixed.audience
      ? []
      : {
          name: "SHARED_AUDIENCE",
          severity: "warning",
          path,
          message: `${fixed.sharedWith} takes tokens with the audience "${pattern}" too, so each of the two could log in to the other with a token it was given`,
          fix: "bind the trust to one pipeline by its ids, which no other token has, and waive this",
        },
  );
}
