import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import type { Claims } from "../../../trust/claims";
import { type DeploymentOperation, issuerByKey } from "../../../trust/issuers";
import type { LabEnvironment } from "../../http";
import { SigningKey } from "../../signing-key";
import type { PulumiIssuerDescription } from "../../types";
import { uuid } from "../../uuid";
import { LAB_ADMIN } from "../organization";
import type { Switches } from "../switches";
import { deploymentClaims } from "./deployment-claims";
import { customAudienceClaims, loginClaims, type OpenedEnvironment } from "./environment-claims";

/** Issuer of deployments and of the logins of environments, and that of tokens for an audience of one's own. */
const [LOGIN_ISSUER = "", CUSTOM_AUDIENCE_ISSUER = ""] = issuerByKey("pulumiEsc").urls;

/** Life of tokens, seconds. That of `fn::open::oidc` is documented, and so are its `nbf` and `jti`; the others are taken to be the same. */
const LIFETIME_SECONDS = 3600;

/** The records that Pulumi Cloud signs for. */
export const PULUMI_KEYS = ["pulumiDeployments", "pulumiEsc"] as const;

/** One of {@link PULUMI_KEYS}. */
export type PulumiKey = (typeof PULUMI_KEYS)[number];

/** Pulumi Cloud as an issuer: `https://api.pulumi.com/oidc` and `…/oidc/v2`, each with a key of its own. */
export class PulumiIssuer {
  readonly #keys = new Map([LOGIN_ISSUER, CUSTOM_AUDIENCE_ISSUER].map((url) => [url, new SigningKey()]));
  readonly #clock: () => number;
  readonly #switches: Switches;

  constructor(clock: () => number, switches: Switches) {
    this.#clock = clock;
    this.#switches = switches;
  }

  /** Discovery documents and keys, below the paths that the issuers' URLs have. */
  routes(): Hono<LabEnvironment> {
    const app = new Hono<LabEnvironment>();
    for (const [issuer, key] of this.#keys) {
      const { pathname } = new URL(issuer);
      app.get(`${pathname}/.well-known/openid-configuration`, (call) =>
        call.json({
          issuer,
          jwks_uri: `${issuer}/.well-known/jwks`,
          response_types_supported: ["id_token"],
          subject_types_supported: ["public"],
          id_token_signing_alg_values_supported: ["RS256"],
        }),
      );
      app.get(`${pathname}/.well-known/jwks`, async (call) => call.json(await key.jwks()));
    }
    return app;
  }

  /** The path below which an issuer's documents are served; undefined for the URL of another issuer. */
  pathOf(issuer: string): string | undefined {
    return this.#keys.has(issuer) ? new URL(issuer).pathname : undefined;
  }

  describe(): PulumiIssuerDescription {
    return { issuer: LOGIN_ISSUER, customAudienceIssuer: CUSTOM_AUDIENCE_ISSUER };
  }

  /** A token with the claims of a login. */
  signLogin(claims: Claims): Promise<string> {
    return this.#sign({ iss: LOGIN_ISSUER, ...claims }, LIFETIME_SECONDS);
  }

  /** A token for an audience of one's own. */
  signCustomAudience(claims: Claims, lifetimeSeconds = LIFETIME_SECONDS): Promise<string> {
    return this.#sign({ iss: CUSTOM_AUDIENCE_ISSUER, ...claims }, lifetimeSeconds);
  }

  /**
   * A token of a deployment or environment of the lab's organization.
   *
   * @param given claims that differ from an example's; null for one that it lacks. What follows from them is made from them,
   * unless it is given too.
   */
  mint(key: PulumiKey, given: Claims, organization: string): Promise<string> {
    const made = key === "pulumiEsc" ? exampleLogin(given, organization) : this.#exampleRun(given, organization);
    return this.#sign({ iss: LOGIN_ISSUER, ...made, ...given }, LIFETIME_SECONDS);
  }

  #exampleRun(given: Claims, lab: string): Claims {
    const { org = lab, project = "infra", stack = "prod", operation = "update" } = given as Record<string, string>;
    const run = { organization: org, project, stack, operation: operation as DeploymentOperation };
    return deploymentClaims(run, this.#switches);
  }

  #sign(claims: Claims, lifetimeSeconds: number): Promise<string> {
    const now = Math.floor(this.#clock() / 1000);
    const all = { iat: now, nbf: now, exp: now + lifetimeSeconds, jti: randomUUID(), ...claims };
    const key = this.#keys.get(String(claims.iss)) ?? (this.#keys.get(LOGIN_ISSUER) as SigningKey);
    return key.sign(Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null)));
  }
}

function exampleLogin(given: Claims, lab: string): Claims {
  const text = (name: string) => (typeof given[name] === "string" ? given[name] : undefined);
  const ours = (name: string) => text(`https://pulumi.com/${name}`) ?? text(name);
  const organization = ours("org") ?? lab;
  const current = ours("current_env") ?? "infra/dev";
  const root = ours("root_env") ?? current;
  const environment: OpenedEnvironment = {
    organization,
    organizationId: ours("org_id") ?? uuid(organization),
    opened: root,
    root,
    rootId: ours("root_env_id") ?? uuid(`${organization}/${root}`),
    current,
    currentId: ours("current_env_id") ?? uuid(`${organization}/${current}`),
    user: ours("actor") ?? ours("trigger_user") ?? LAB_ADMIN,
  };
  return given.iss === CUSTOM_AUDIENCE_ISSUER
    ? customAudienceClaims("sts.amazonaws.com", environment)
    : loginClaims("aws", environment);
}
