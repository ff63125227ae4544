import type { AwsBreakage } from "../../../helpers/break-aws-evaluator";
import { webIdentityTrust } from "../roles";
import { ISSUER, podClaims } from "./fixture";

/** A token that a role's trust policy must refuse, beside one that it admits. */
export interface NearMiss {
  title: string;
  /** The trust policy, JSON text. */
  trust: string;
  /** Claims of the token that is refused, and whose it is; default the issuer's. */
  refused: { claims: object; from?: "other" };
  /** Claims of a token of the issuer that is admitted. */
  admitted: object;
  /** A fault of the evaluator by which the near miss would be admitted. */
  brokenBy: AwsBreakage;
}

const PROVIDER = ISSUER.replace("https://", "");
const SUBJECT = "system:serviceaccount:runners:runner";
const good = podClaims("runners", "runner");

function policy(...statements: object[]): string {
  const Principal = { Federated: `arn:aws:iam::111122223333:oidc-provider/${PROVIDER}` };
  const common = { Effect: "Allow", Action: "sts:AssumeRoleWithWebIdentity", Principal };
  return JSON.stringify({ Version: "2012-10-17", Statement: statements.map((entry) => ({ ...common, ...entry })) });
}
const subject = (operator: string, value: string) => ({ Condition: { [operator]: { [`${PROVIDER}:sub`]: value } } });

const ours = { trust: webIdentityTrust(ISSUER, SUBJECT), admitted: good, brokenBy: "ignore-conditions" } as const;

/** Near misses of each element of a trust policy. */
export const NEAR_MISSES: NearMiss[] = [
  { title: "the neighbour ServiceAccount", ...ours, refused: { claims: podClaims("runners", "neighbour") } },
  { title: "another namespace", ...ours, refused: { claims: podClaims("elsewhere", "runner") } },
  { title: "a ServiceAccount whose name goes on", ...ours, refused: { claims: podClaims("runners", "runner2") } },
  {
    title: "another cluster that the account knows, where nothing but the principal tells them apart",
    trust: policy({}),
    refused: { claims: good, from: "other" },
    admitted: good,
    brokenBy: "any-principal",
  },
  {
    title: "what a deny names beside an allow",
    trust: policy(subject("StringLike", "system:serviceaccount:runners:*"), {
      Effect: "Deny",
      ...subject("StringEquals", "system:serviceaccount:runners:neighbour"),
    }),
    refused: { claims: podClaims("runners", "neighbour") },
    admitted: good,
    brokenBy: "ignore-deny",
  },
  {
    title: "a name that goes on where the pattern ends",
    trust: policy(subject("StringLike", "system:serviceaccount:runners:run?er")),
    refused: { claims: podClaims("runners", "runner2") },
    admitted: good,
    brokenBy: "unanchored-match",
  },
];
