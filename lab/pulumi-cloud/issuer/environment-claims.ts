import type { Cloud } from "../../../trust/issuers";

/** An environment that is opened, and whose login asks for a token. Names are the evaluator's: without a project in `default`. */
export interface OpenedEnvironment {
  organization: string;
  organizationId: string;
  /** What was opened; `<yaml>` for a definition that was not saved, such as a stack's list of environments. */
  opened: string;
  /** What was opened, or the first saved environment in it. */
  root: string;
  rootId: string | undefined;
  /** Which the login is written in. */
  current: string;
  /** Absent for `<yaml>`. */
  currentId: string | undefined;
  /** Login of who opens it. */
  user: string;
}

/**
 * Claims of the token that a cloud's login presents, without `iss` and times (pulumi/docs at 0366b9fd,
 * content/docs/esc/guides/configuring-oidc/_index.md); the parts of the subject are claims too, so `org` is one. Without
 * `subjectAttributes` the subject ends with what was opened, which for a stack's environments is the text `<yaml>`
 * (pulumi/pulumi#14509). An environment of the project `default` has the organization's bare name for its audience; that this is
 * the one that the login is written in is our reading.
 *
 * @throws Error for an attribute that a subject can't have
 */
export function loginClaims(
  platform: Cloud,
  environment: OpenedEnvironment,
  subjectAttributes: readonly string[] = [],
): Record<string, string> {
  const { organization, opened, root, current, user } = environment;
  const values: Record<string, string> = {
    "rootEnvironment.name": root,
    "currentEnvironment.name": current,
    "pulumi.user.login": user,
    "pulumi.organization.login": organization,
  };
  const attributes = subjectAttributes.map((attribute) => {
    if (!Object.hasOwn(values, attribute)) {
      throw new Error(`unsupported subject attribute "${attribute}"`);
    }
    return `:${attribute}:${values[attribute]}`;
  });
  const sub =
    attributes.length === 0
      ? `pulumi:environments:org:${organization}:env:${opened}`
      : `pulumi:environments:pulumi.organization.login:${organization}${attributes.join("")}`;
  const aud = current.includes("/") || current === "<yaml>" ? `${platform}:${organization}` : organization;
  return { aud, sub, org: organization, current_env: current, root_env: root, trigger_user: user };
}

/**
 * Claims of the token that `fn::open::oidc` returns, whose issuer is another (pulumi/docs at 1b6be63b,
 * content/docs/esc/guides/configuring-oidc/custom-audience.md).
 */
export function customAudienceClaims(audience: string, environment: OpenedEnvironment): Record<string, string> {
  const { organization, organizationId, root, rootId, current, currentId, user } = environment;
  const named = (name: string) => (name.includes("/") ? name : `default/${name}`);
  const ours = {
    org: organization,
    org_id: organizationId,
    current_env: named(current),
    current_env_id: currentId ?? "",
    root_env: named(root),
    ...(rootId === undefined ? {} : { root_env_id: rootId }),
    actor: user,
  };
  return {
    aud: audience,
    sub: `pulumi:org:${organizationId}:env:${currentId}`,
    ...Object.fromEntries(Object.entries(ours).map(([name, value]) => [`https://pulumi.com/${name}`, value])),
  };
}
