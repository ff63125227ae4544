import { claimFacts, type IssuerRecord } from "../../../issuers";
import type { Finding } from "../../../lint";
import type { ReadProvider } from "./read-provider";

/** Finds claims that the issuer never sends; a token that lacks a mapped one is refused altogether. */
export function checkKnownClaims({ mapping, alternatives }: ReadProvider, issuer: IssuerRecord | undefined): Finding[] {
  if (issuer === undefined) {
    return [];
  }
  const places = [
    ...[...mapping].flatMap(([attribute, keys]) =>
      keys === "computed" ? [] : [{ keys, path: `attributeMapping["${attribute}"]` }],
    ),
    ...alternatives.flatMap(({ comparisons }) => comparisons),
  ];
  return places
    .filter(({ keys }) => claimFacts(issuer, keys) === undefined)
    .map(({ keys, path }) => ({
      name: "UNKNOWN_CLAIM",
      severity: "error",
      path,
      message: `tokens of ${issuer.name} hold no value at ${keys.join(".")}`,
      fix:
        keys[0] === "kubernetes" && keys[1] === "io"
          ? "quote the key that contains a dot: assertion['kubernetes.io']"
          : "use a claim of the issuer's tokens",
    }));
}
