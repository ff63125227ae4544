import { matchesGlob } from "../../../pattern";
import type { Statement } from "../evaluate";
import { issuerOfProvider } from "../identity-providers";

/** How a token assumes a role. */
export const ACTION = "sts:AssumeRoleWithWebIdentity";

/** Whether a statement is about tokens: its action is the one a token assumes a role with. */
export function isAboutTokens({ actions, exceptActions }: Statement): boolean {
  const named = actions.some((action) => matchesGlob(action.toLowerCase(), ACTION.toLowerCase()));
  return named !== exceptActions;
}

/** Whether a statement is about every issuer there is. */
export function isAboutAnybody({ principal }: Statement): boolean {
  return principal === "*" || ["AWS", "Federated"].some((kind) => principal[kind]?.includes("*"));
}

/** The issuers of a statement's federated principals, as `HOST/PATH`; SAML providers are none. */
export function issuersOf({ principal }: Statement): string[] {
  const federated = principal === "*" ? [] : (principal.Federated ?? []);
  return federated.flatMap((entry) => issuerOfProvider(entry) ?? []);
}
