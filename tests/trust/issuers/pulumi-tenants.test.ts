import assert from "node:assert/strict";
import fc from "fast-check";
import type { Claims } from "../../../trust/claims/claims";
import {
  checkOpenings,
  checkRunsOrganization,
  checkStackPatterns,
  type DeploymentOperation,
  type DeploymentRuns,
  type EnvironmentOpenings,
  openingAffixes,
  openingNeighbours,
  openingSubjects,
  openingTokens,
  RUN_ATTRIBUTES,
  runAffixes,
  runIdentities,
  runNeighbours,
  runSubjects,
  runTokens,
  type SubjectAttribute,
} from "../../../trust/issuers";
import { proveAwsTrust } from "../../../trust/parties/aws";
import { proveAzureTrust } from "../../../trust/parties/azure";
import { proveGcpSharedTrust } from "../../../trust/parties/gcp";
import { tries } from "../../helpers/property";
import { alike } from "./tenants/alike";
import { made } from "./tenants/documents";

const ISSUER = "https://api.pulumi.com/oidc";
const ARN = "arn:aws:iam::123456789012:oidc-provider/api.pulumi.com/oidc";
const POOL = "projects/1/locations/global/workloadIdentityPools/pool";

const plain = fc.stringMatching(/^[A-Za-z][a-z0-9]{0,4}([._-][a-z0-9]{1,3})?$/);
const odd = fc
  .tuple(plain, fc.constantFrom(":", "/", "*", "?", " ", "'", "\\", "\u0430", "${x}"), plain)
  .map((parts) => parts.join(""));
const name = fc.oneof({ weight: 12, arbitrary: plain }, { weight: 1, arbitrary: odd });
const operations = fc.constantFrom<DeploymentOperation>("preview", "update", "refresh", "destroy", "detect-drift");

/** Who decides by a document, read here again so that nothing is shared with the product's evaluators; `except` leaves one part out. */
type Decide = (token: Claims, except?: "aud" | "sub" | "member") => boolean;

const like = (pattern: string, text: string) =>
  new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\?]/g, "\\$&").replaceAll("*", ".*")}$`, "su").test(text);

/** An IAM trust policy of one statement. */
function byAws(document: object): Decide {
  const { Statement } = document as {
    Statement: { Principal: { Federated: string }; Condition: Record<string, Record<string, string | string[]>> }[];
  };
  const [{ Principal, Condition }] = Statement as [(typeof Statement)[0]];
  const { StringEquals = {}, StringLike = {}, ...others } = Condition;
  assert.deepEqual([others, Statement.length, Principal.Federated], [{}, 1, ARN]);
  const values = (of: typeof StringEquals, claim: string) => [of[`api.pulumi.com/oidc:${claim}`] ?? []].flat();
  return ({ iss, aud, sub }, except) =>
    iss === ISSUER &&
    (except === "aud" || values(StringEquals, "aud").includes(String(aud))) &&
    (except === "sub" ||
      values(StringEquals, "sub").includes(String(sub)) ||
      values(StringLike, "sub").some((pattern) => like(pattern, String(sub))));
}

/** Federated credentials of one identity, compared character by character. */
function byAzure(document: readonly object[]): Decide {
  const credentials = document as { issuer: string; subject: string; audiences: string[] }[];
  return ({ iss, aud, sub }, except) =>
    credentials.some(
      ({ issuer, subject, audiences }) =>
        iss === issuer && (except === "aud" || audiences.join() === aud) && (except === "sub" || sub === subject),
    );
}

/** A workload identity provider with members. */
function byGoogle(document: object): Decide {
  const { issuerUri, allowedAudiences, attributeMapping, attributeCondition, members } = document as {
    issuerUri: string;
    allowedAudiences: string[];
    attributeMapping: Record<string, string>;
    attributeCondition: string;
    members: string[];
  };
  const affixes = attributeCondition.split(" || ").map((alternative) => {
    const [, start = "", end = ""] =
      /^assertion\.sub\.startsWith\('([^'\\]*)'\)(?: && assertion\.sub\.endsWith\('([^'\\]*)'\))?$/.exec(alternative) ??
      assert.fail(attributeCondition);
    return { start, end };
  });
  return (token, except) => {
    const mapped = Object.entries(attributeMapping).map(([attribute, expression]) => {
      const claims = expression
        .split(" + '/' + ")
        .map((part) => /^assertion\.(\w+)$/.exec(part)?.[1] ?? assert.fail(part));
      const member =
        attribute === "google.subject"
          ? `principal://iam.googleapis.com/${POOL}/subject/`
          : `principalSet://iam.googleapis.com/${POOL}/${attribute}/`;
      return `${member}${claims.map((claim) => String(token[claim])).join("/")}`;
    });
    return (
      token.iss === issuerUri &&
      (except === "aud" || allowedAudiences.includes(String(token.aud))) &&
      (except === "sub" ||
        affixes.some(({ start, end }) => String(token.sub).startsWith(start) && String(token.sub).endsWith(end))) &&
      (except === "member" || mapped.some((member) => members.includes(member)))
    );
  };
}

/** Holds documents against tokens, and notes which parts of them a stranger was refused by. */
class Shown {
  accepted = 0;
  readonly needed = new Set<string>();

  check(decide: Decide, wanted: readonly Claims[], strangers: readonly Claims[]): void {
    this.accepted += 1;
    for (const token of wanted) assert.ok(decide(token), `refused: ${JSON.stringify(token)}`);
    for (const token of strangers) {
      assert.ok(!decide(token), `admitted: ${JSON.stringify(token)}`);
      for (const part of ["aud", "sub", "member"] as const) if (decide(token, part)) this.needed.add(part);
    }
  }
}

const subOf = (run: Record<string, string>) =>
  `pulumi:deploy:org:${run.org}:project:${run.project}:stack:${run.stack}:operation:${run.operation}:scope:${run.scope}`;

/** The token of a run, by Pulumi's documentation alone. */
const runToken = (run: Record<string, string>, aud = run.org): Claims => ({
  iss: ISSUER,
  aud,
  ...run,
  sub: subOf(run),
});

/** Tokens for runs of others, and of the same stack where it is not trusted. */
function strangersOfRun(run: Record<string, string>, any: readonly string[], trusted: readonly string[]): Claims[] {
  const { org = "", operation = "" } = run;
  const changed = ["org", "project", "stack"]
    .filter((part) => !any.includes(part))
    .flatMap((part) => alike(run[part] ?? "").map((other) => runToken({ ...run, [part]: other })));
  const others = ["preview", "update", "refresh", "destroy", "detect-drift", "remediate-drift", ...alike(operation)]
    .filter((other) => !trusted.includes(other))
    .map((other) => runToken({ ...run, operation: other }));
  return [
    ...[...changed, ...others, ...alike("write").map((scope) => runToken({ ...run, scope }))],
    ...[...alike(org), `aws:${org}`, `azure:${org}`, `gcp:${org}`].map((aud) => runToken(run, aud)),
    { ...runToken(run), sub: `pulumi:environments:org:${org}:env:${run.project}/${run.stack}` },
    { ...runToken(run), iss: `${ISSUER}/v2` },
  ];
}

describe("trust/issuers: two tenants of Pulumi Cloud", () => {
  const run = fc.record({ organization: name, project: name, stack: name });
  for (const [what, any] of [
    ["of one stack", []],
    ["of any stack of a project", ["stack"]],
    ["of any stack of an organization", ["project", "stack"]],
  ] as const) {
    // Azure knows no pattern.
    for (const cloud of any.length === 0 ? (["aws", "azure", "gcp"] as const) : (["aws", "gcp"] as const)) {
      it(`are never admitted by ${cloud}'s trust in deployments ${what}, whatever is typed`, () => {
        const shown = new Shown();
        let tried = 0;
        fc.assert(
          fc.property(run, fc.uniqueArray(operations, { minLength: 1, maxLength: 3 }), (names, trusted) => {
            tried += 1;
            const pattern = { project: names.project, stack: names.stack };
            for (const part of any) pattern[part] = "*";
            const runs: DeploymentRuns = { organization: names.organization, stacks: [pattern], operations: trusted };
            const decide = made(() => {
              checkRunsOrganization(runs.organization);
              checkStackPatterns(runs.stacks);
              const common = { issuer: ISSUER, audience: runs.organization };
              const [tokens, neighbours] = [runTokens(runs), runNeighbours(runs)];
              if (cloud === "aws") {
                const trust = { ...common, subject: runSubjects(runs), oidcProviderArn: ARN, wildcards: true };
                return byAws(proveAwsTrust(trust, neighbours, tokens));
              }
              if (cloud === "azure") {
                return byAzure(proveAzureTrust({ ...common, subject: runSubjects(runs) }, neighbours));
              }
              const google = {
                ...{ ...common, pool: POOL, subjects: [runAffixes(runs.organization)] },
                ...{ attributes: RUN_ATTRIBUTES, identities: runIdentities(runs) },
              };
              return byGoogle(proveGcpSharedTrust(google, tokens, neighbours));
            });
            if (decide === undefined) return;
            const { organization: org, project, stack } = names;
            const wanted = trusted.map((operation) => ({ org, project, stack, operation, scope: "write" }));
            const strangers = wanted.flatMap((one) => strangersOfRun(one, any, trusted));
            shown.check(
              decide,
              wanted.map((one) => runToken(one)),
              strangers,
            );
          }),
          tries(300),
        );
        assert.ok(shown.accepted > tried / 4, `only ${shown.accepted} of ${tried} were accepted`);
        assert.deepEqual([...shown.needed].sort(), cloud === "gcp" ? ["aud", "member", "sub"] : ["aud", "sub"]);
      });
    }
  }

  const ATTRIBUTES: readonly SubjectAttribute[][] = [
    [],
    ["currentEnvironment.name"],
    ["currentEnvironment.name", "pulumi.user.login"],
    ["pulumi.organization.login", "rootEnvironment.name", "currentEnvironment.name"],
  ];
  const opening = fc.record({
    ...{ organization: name, project: fc.oneof({ weight: 4, arbitrary: name }, fc.constant("default")) },
    ...{ environment: name, user: name, root: name, attributes: fc.constantFrom(...ATTRIBUTES) },
  });
  for (const cloud of ["aws", "azure", "gcp"] as const) {
    it(`are never admitted by ${cloud}'s trust in environments, whatever is typed`, () => {
      const shown = new Shown();
      let tried = 0;
      fc.assert(
        fc.property(opening, (names) => {
          tried += 1;
          const { organization, project, environment, user, root, attributes } = names;
          const has = (attribute: SubjectAttribute) => attributes.includes(attribute);
          const openings: EnvironmentOpenings = {
            ...{ organization, environments: [{ project, environment }], subjectAttributes: attributes },
            users: has("pulumi.user.login") ? [user] : [],
            rootEnvironments: has("rootEnvironment.name") ? [{ project: "app", environment: root }] : [],
          };
          const audience = project === "default" ? organization : `${cloud}:${organization}`;
          const decide = made(() => {
            checkOpenings(openings);
            const [tokens, neighbours] = [openingTokens(openings, cloud), openingNeighbours(openings, cloud)];
            const subject = openingSubjects(openings);
            if (cloud === "aws") {
              const trust = { issuer: ISSUER, audience, subject, oidcProviderArn: ARN, wildcards: true };
              return byAws(proveAwsTrust(trust, neighbours, tokens));
            }
            if (cloud === "azure") {
              return byAzure(proveAzureTrust({ issuer: ISSUER, audience, subject }, neighbours));
            }
            const google = {
              ...{ issuer: ISSUER, audience, pool: POOL, subjects: openingAffixes(organization) },
              attributes: { "google.subject": ["sub"] },
              identities: subject.map((value) => ({ attribute: "google.subject", value })),
            };
            return byGoogle(proveGcpSharedTrust(google, tokens, neighbours));
          });
          if (decide === undefined) return;
          /** The subject, by Pulumi's documentation alone. */
          const sub = (changed: Partial<typeof names> = {}) => {
            const is = { ...names, ...changed };
            const current = is.project === "default" ? is.environment : `${is.project}/${is.environment}`;
            const values = {
              ...{ "currentEnvironment.name": current, "rootEnvironment.name": `app/${is.root}` },
              ...{ "pulumi.user.login": is.user, "pulumi.organization.login": is.organization },
            };
            return attributes.length === 0
              ? `pulumi:environments:org:${is.organization}:env:${current}`
              : `pulumi:environments:pulumi.organization.login:${is.organization}${attributes.map((one) => `:${one}:${values[one]}`).join("")}`;
          };
          const token = (subject: string, aud = audience, iss = ISSUER): Claims => ({ iss, aud, sub: subject });
          const parts = ["organization", "project", "environment", "user", "root"] as const;
          const strangers = [
            ...parts.flatMap((part) => alike(names[part]).map((other) => token(sub({ [part]: other })))),
            ...[...alike(audience), ...["aws:", "azure:", "gcp:", ""].map((start) => `${start}${organization}`)].map(
              (aud) => token(sub(), aud),
            ),
            ...[`${sub()}:pulumi.user.login:x`, sub({ environment: "<yaml>" })].map((other) => token(other)),
            token(`pulumi:deploy:org:${organization}:project:${project}:stack:x:operation:update:scope:write`),
            token(sub(), audience, `${ISSUER}/v2`),
          ].filter((stranger) => stranger.iss !== ISSUER || stranger.aud !== audience || stranger.sub !== sub());
          shown.check(decide, [token(sub())], strangers);
        }),
        tries(400),
      );
      assert.ok(shown.accepted > tried / 5, `only ${shown.accepted} of ${tried} were accepted`);
      assert.ok(shown.needed.has("aud") && shown.needed.has(cloud === "gcp" ? "member" : "sub"));
    });
  }
});
