import { claimValues } from "../../claims";
import type { Rules } from "../../policy";
import { checkLiteral, checkPattern, subjectInvalid, UUID } from "../literal";
import { idsLike, namesLike, neighboursOf } from "../near-misses";
import { PULUMI_IMAGE, quoted } from "../pipeline";
import { each, type IssuerRecord, REGISTERED } from "../record";

/** An organization of CircleCI. Each has an issuer of its own. */
export interface CircleciOrganization {
  /** UUID of the organization, as Organization Settings > Overview shows it. */
  organizationId: string;
}

/**
 * A project of CircleCI: its tokens' `sub` is `org/ORGANIZATION/project/PROJECT/user/USER`, that of `$CIRCLE_OIDC_TOKEN_V2` goes
 * on with the repository and the ref.
 */
export interface CircleciSubject {
  /** UUID of the organization, as Organization Settings > Overview shows it. */
  organizationId: string;
  /** UUID of the project, as Project Settings > Overview shows it. */
  projectId: string;
  /**
   * Repository that the change comes from, such as `github.com/acme/app`: where forks get tokens, theirs name the fork. Pipelines
   * of custom webhooks have none and need `rules`, and so does an owner with a dot.
   */
  vcsOrigin: string;
  /** Ref of the change, such as `refs/heads/main`, or a pattern. Default: any. */
  vcsRef?: string;
}

const CLAIM = "oidc.circleci.com";
const PROJECT_ID = `"${CLAIM}/project-id"`;
const VCS_ORIGIN = `"${CLAIM}/vcs-origin"`;
const VCS_REF = `"${CLAIM}/vcs-ref"`;

/**
 * CircleCI (circleci/circleci-docs at 019b6996, docs/guides/modules/permissions-authentication/pages/openid-connect-tokens.adoc,
 * and oidc-tokens-with-custom-claims.adoc beside it).
 */
export const circleci: IssuerRecord<"circleci", CircleciSubject, CircleciOrganization> = {
  key: "circleci",
  name: "CircleCI",
  urls: [],
  signs: (url) => /^https:\/\/oidc\.circleci\.com\/org\/[^/]+$/.test(url),
  issuerUrl({ organizationId }, where) {
    checkLiteral(organizationId, `${where}.organizationId`, UUID, "give the organization's UUID");
    return `https://oidc.circleci.com/org/${organizationId}`;
  },
  multiTenant: false,
  subjects: [{ start: "org/", end: "/", parts: ["", "the organization", "", "the project"] }],
  claims: {
    ...REGISTERED,
    [PROJECT_ID]: { is: "id", identifies: "subject" },
    [VCS_ORIGIN]: { is: "name", beginsWithHost: true },
    ...each("id", `"${CLAIM}/context-ids"`),
    ...each("verified", VCS_REF, `"${CLAIM}/ssh-rerun"`),
  },
  suggested: [PROJECT_ID, VCS_ORIGIN, VCS_REF],
  audience: { rule: "what the job asks for; the organization's UUID in $CIRCLE_OIDC_TOKEN and $CIRCLE_OIDC_TOKEN_V2" },
  getToken: `circleci run oidc get --claims '{"aud": "AUDIENCE"}' prints it`,
  // oidc-tokens-with-custom-claims.adoc there; CircleCI hides no such token in logs.
  ci: {
    token: { command: (audience) => `circleci run oidc get --claims ${quoted(JSON.stringify({ aud: audience }))}` },
    file: ".circleci/config.yml",
    document: ({ login, work, branch }) => ({
      version: 2.1,
      jobs: {
        pulumi: {
          docker: [{ image: PULUMI_IMAGE }],
          steps: [
            "checkout",
            { run: { name: "Log in to Pulumi Cloud", command: login } },
            { run: { name: "Work", command: work } },
          ],
        },
      },
      workflows: { pulumi: { jobs: [{ pulumi: { filters: { branches: { only: branch } } } }] } },
    }),
  },
  awsKeys: [`${CLAIM}/project-id`],

  /** A deny goes by the project alone, because it must hold for forks too. */
  rules({ organizationId, projectId, vcsOrigin, vcsRef }, where, decision) {
    checkLiteral(organizationId, `${where}.organizationId`, UUID, "give the organization's UUID");
    checkLiteral(projectId, `${where}.projectId`, UUID, "give the project's UUID");
    checkLiteral(vcsOrigin, `${where}.vcsOrigin`, /^[^/\s:]+(\/[^/\s]+)+$/, "give HOST/OWNER/REPOSITORY");
    if (decision === "allow" && /^[^/]+\/[^/]*\./.test(vcsOrigin)) {
      const what = `the dot in the owner of "${vcsOrigin}" matches any character, so other owners' forks would be admitted`;
      const fix = "where forks get no tokens, use `rules` on aud, sub and the project's id, without the origin";
      throw subjectInvalid(what, `${where}.vcsOrigin`, fix);
    }
    const project: Rules = { [PROJECT_ID]: projectId };
    const ref: Rules = {};
    if (vcsRef !== undefined) {
      checkPattern(vcsRef, `${where}.vcsRef`, /^refs\/[^\s~^:\\[]+$/, "give the whole ref, such as refs/heads/main");
      ref[VCS_REF] = vcsRef;
    }
    return decision === "deny"
      ? [{ ...project, ...ref }]
      : [{ sub: `org/${organizationId}/project/${projectId}/user/*`, ...project, [VCS_ORIGIN]: vcsOrigin, ...ref }];
  },

  neighbours(claims, open = []) {
    const [sub = ""] = claimValues(claims, ["sub"]);
    const [, organization, project, rest] = /^org\/([^/]+)\/project\/([^/]+)(\/.*)$/s.exec(sub) ?? [];
    const [vcsOrigin] = claimValues(claims, [`${CLAIM}/vcs-origin`]);
    const [vcsRef] = claimValues(claims, [`${CLAIM}/vcs-ref`]);
    return neighboursOf(
      claims,
      open,
      organization === undefined ? undefined : { organization, project, vcsOrigin, vcsRef },
      { organization: idsLike, project: idsLike, vcsOrigin: namesLike, vcsRef: namesLike },
      (job) => ({
        sub: `org/${job.organization}/project/${job.project}${rest}`,
        [`${CLAIM}/project-id`]: job.project,
        [`${CLAIM}/vcs-origin`]: job.vcsOrigin,
        [`${CLAIM}/vcs-ref`]: job.vcsRef,
      }),
    );
  },
};
