import { matchesGlob } from "../../../pattern";
import type { Statement } from "../evaluate";

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

/** Identity providers that IAM knows by their host, without an ARN; their condition keys are their own. */
export const WELL_KNOWN = [
  ...["accounts.google.com", "cognito-identity.amazonaws.com", "graph.facebook.com", "www.amazon.com"],
];

/** The issuers of a statement's federated principals, as `HOST/PATH`; SAML providers are none. */
export function issuersOf({ principal }: Statement): string[] {
  const federated = principal === "*" ? [] : (principal.Federated ?? []);
  return federated.flatMap((entry) => {
    const issuer = WELL_KNOWN.includes(entry) ? entry : /^arn:[^:]+:iam::\d*:oidc-provider\/(.+)$/.exec(entry)?.[1];
    return issuer ?? [];
  });
}
