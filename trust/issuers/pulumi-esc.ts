import { claimValues } from "../claims";
import { checkLiteral } from "./literal";
import { namesLike, neighboursOf } from "./near-misses";
import { PULUMI_ISSUER, PULUMI_NAME, PULUMI_ORGANIZATION, pulumi } from "./pulumi";
import type { IssuerRecord } from "./record";

/** An environment of Pulumi ESC: its tokens' `sub` is `pulumi:environments:org:ORGANIZATION:env:PROJECT/ENVIRONMENT`. */
export interface PulumiEscSubject {
  /** Organization of the environment. */
  organization: string;
  /** Project of the environment; `default` for one without a project. */
  project: string;
  /** Name of the environment. */
  environment: string;
}

/** The project of environments that were made before there were projects. */
export const LEGACY_PROJECT = "default";

/** Issuer of the tokens with an audience of one's own, whose subjects have ids for names. */
export const CUSTOM_AUDIENCE_ISSUER = `${PULUMI_ISSUER}/v2`;

/**
 * Environments of Pulumi ESC (Pulumi documentation, "Configuring OpenID Connect" of ESC). For `…/oidc/v2` AWS's list of
 * multi-tenant issuers has no entry; it is taken for one because it signs for the same customers.
 */
export const pulumiEsc: IssuerRecord<"pulumiEsc", PulumiEscSubject> = {
  ...pulumi,
  key: "pulumiEsc",
  name: "Pulumi ESC",
  urls: [PULUMI_ISSUER, CUSTOM_AUDIENCE_ISSUER],
  signs: (url) => url === PULUMI_ISSUER || url === CUSTOM_AUDIENCE_ISSUER,
  suggested: [
    '"https://pulumi.com/org_id"',
    '"https://pulumi.com/current_env_id"',
    '"https://pulumi.com/org"',
    '"https://pulumi.com/current_env"',
  ],
  audience: {
    rule: "aws:ORGANIZATION, azure:ORGANIZATION or gcp:ORGANIZATION by the login the token is made for, free for fn::open::oidc; the organization's bare name in the project default",
    of: ({ organization, project }) => (project === LEGACY_PROJECT ? organization : null),
  },
  getToken:
    "an environment that is opened makes it for its own login (fn::open::aws-login and others) or prints it (fn::open::oidc)",

  /**
   * The subject is `pulumi:environments:org:ORGANIZATION:env:PROJECT/ENVIRONMENT`; in the project `default` it has the
   * environment alone.
   */
  rules({ organization, project, environment }, where) {
    for (const [field, value] of Object.entries({ organization, project, environment })) {
      const form = field === "organization" ? PULUMI_ORGANIZATION : PULUMI_NAME;
      checkLiteral(value, `${where}.${field}`, form, `give the ${field}'s name alone`);
    }
    const name = project === LEGACY_PROJECT ? environment : `${project}/${environment}`;
    return [{ sub: `pulumi:environments:org:${organization}:env:${name}` }];
  },

  neighbours(claims, open = []) {
    const [sub = ""] = claimValues(claims, ["sub"]);
    const [, start, organization, project, environment] =
      /^(pulumi:environments:org:|pulumi:org:)([^:]+):env:(?:([^/:]+)\/)?([^/:]+)$/.exec(sub) ?? [];
    return neighboursOf(
      claims,
      open,
      organization === undefined ? undefined : { organization, project, environment },
      { organization: namesLike, project: namesLike, environment: namesLike },
      (run) => ({
        sub: `${start}${run.organization}:env:${run.project === undefined ? "" : `${run.project}/`}${run.environment}`,
      }),
    );
  },
};
