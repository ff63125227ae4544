import type { Claims } from "../../trust/claims";
import { type IssuerRecord, issuerOf, kubernetes } from "../../trust/issuers";
import { describeTime } from "./describe-time";
import { suggestRules } from "./suggest-rules";

const TIMES = [
  ["iat", "issued "],
  ["nbf", "valid  "],
] as const;

/** What a token claims, in lines for people: issuer and times, all claims, and rules to paste. `now`: milliseconds. */
export function describeClaims(claims: Claims, now: number): string[] {
  const record = recordOf(claims);
  const rules = suggestRules(claims, record);
  return [
    `issuer  ${typeof claims.iss === "string" ? claims.iss : "none"}${record === undefined ? "" : ` (${record.key})`}`,
    ...TIMES.flatMap(([claim, label]) => {
      const time = describeTime(claims[claim], now);
      return time === undefined ? [] : [`${label} ${time}`];
    }),
    expiry(claims, now),
    "claims",
    ...JSON.stringify(claims, null, 2)
      .split("\n")
      .map((line) => `  ${line}`),
    "rules it fulfils, for a policy at Pulumi Cloud",
    ...rules.map(([path, value], index) => {
      return `  ${JSON.stringify(path)}: ${JSON.stringify(value)}${index < rules.length - 1 ? "," : ""}`;
    }),
    ...(rules.length === 0 ? ["  none: the token has neither aud nor sub"] : []),
  ];
}

function expiry(claims: Claims, now: number): string {
  const time = describeTime(claims.exp, now);
  if (time === undefined) {
    return "expires never: the token has no exp";
  }
  return `${(claims.exp as number) * 1000 <= now ? "expired" : "expires"} ${time}`;
}

/** Clusters have issuers of any name; their tokens are known by what they hold. */
function recordOf(claims: Claims): IssuerRecord | undefined {
  const known = typeof claims.iss === "string" ? issuerOf(claims.iss) : undefined;
  const inCluster = claims["kubernetes.io"];
  return known ?? (typeof inCluster === "object" && inCluster !== null ? kubernetes : undefined);
}
