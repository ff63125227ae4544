import assert from "node:assert/strict";
import fc from "fast-check";
import type { Claims } from "../../../trust/claims/claims";
import { CI_ISSUERS, type IssuerRecord } from "../../../trust/issuers";
import { proveAwsTrust } from "../../../trust/parties/aws/proof";
import { proveAzureTrust, proveFlexibleTrust } from "../../../trust/parties/azure/proof";
import { proveGcpTrust } from "../../../trust/parties/gcp/proof";
import type { DefinitionInput } from "../../../trust/parties/pulumi/compile";
import { reviewDefinitions } from "../../../trust/parties/pulumi/review";
import { tries } from "../../helpers/property";
import { alike, otherNames } from "./tenants/alike";
import { admits, made, type Reading, readAws, readAzure, readGcp, readPulumi } from "./tenants/documents";
import { type Facts, type Has, SYSTEMS, type System } from "./tenants/jobs";

const AUDIENCE = "urn:pulumi:org:acme";

/** Tokens of others than the job's owner, for a job that resembles it. */
function strangersOf(system: System, facts: Facts, has: Has): Claims[] {
  const { tenants, alone, audience = AUDIENCE, foreign = () => [] } = system;
  const signed = (changed: Facts, aud = audience): Claims[] =>
    system.tokens({ ...facts, ...changed }, has).map((token) => ({ aud, ...token }));
  const wanted = signed({});
  const others = tenants.flatMap(({ fact, end, ids }) =>
    otherNames(facts[fact] ?? "", end).flatMap((other) =>
      signed({ [fact]: other, ...Object.fromEntries(ids.map((id) => [id, `${facts[id]}0`])) }),
    ),
  );
  const takenOver = Object.entries(alone).flatMap(([fact, field]) =>
    field === undefined || has(field)
      ? otherNames(facts[fact] ?? "", /[/:]/).flatMap((other) => signed({ [fact]: other }))
      : [],
  );
  const mixed = system.repeatsIds
    ? takenOver.flatMap((token) => [
        { ...token, sub: wanted[0]?.sub },
        { ...wanted[0], sub: token.sub },
      ])
    : [];
  const audiences = alike(audience).flatMap((aud) => signed({}, aud));
  const changes = foreign(facts, has).map((token) => ({ aud: audience, ...token }));
  // What a trust leaves open may make two of them the same.
  const same = new Set(wanted.map(textOf));
  return [...others, ...takenOver, ...mixed, ...audiences, ...changes].filter((token) => !same.has(textOf(token)));
}

/** All claims but the issuer, which is registered with Pulumi Cloud and no part of a policy. */
const textOf = ({ iss: _, ...claims }: Claims) => JSON.stringify(Object.entries(claims).sort());

/** All ways to say some of the fields. */
const formsOf = (fields: readonly string[]): Has[] =>
  Array.from(
    { length: 2 ** fields.length },
    (_, bits) => (field: string) => Boolean((bits >> fields.indexOf(field)) & 1),
  );

/** Which claims are asked, and which of them a stranger is refused by: without that one alone it is admitted. */
class Shown {
  private readonly asked = new Set<string>();
  private readonly needed = new Set<string>();

  unneeded(but: readonly string[]): string[] {
    return [...this.asked].filter((claim) => !this.needed.has(claim) && !but.includes(claim));
  }

  check(reading: Reading, wanted: readonly Claims[], strangers: readonly Claims[], what: unknown): void {
    for (const token of wanted) {
      assert.ok(admits(reading, token), `refused: ${JSON.stringify(token)} by ${JSON.stringify(what)}`);
    }
    for (const token of strangers) {
      assert.ok(!admits(reading, token), `admitted: ${JSON.stringify(token)} by ${JSON.stringify(what)}`);
    }
    for (const claim of reading.flatMap(Object.keys)) {
      this.asked.add(claim);
      if (!this.needed.has(claim) && strangers.some((token) => admits(reading, token, claim))) {
        this.needed.add(claim);
      }
    }
  }
}

const EXPRESSION = "azure, by an expression";

/** What the clouds' documents for a token's subject ask. */
const CLOUDS: Record<
  string,
  (record: IssuerRecord, token: Claims & Record<"iss" | "sub" | "aud", string>) => Reading | undefined
> = {
  aws: (record, { iss, sub, aud }) => {
    const oidcProviderArn = iss.replace("https://", "arn:aws:iam::123456789012:oidc-provider/");
    return readAws(
      proveAwsTrust(
        { issuer: iss, subject: sub, audience: aud, oidcProviderArn },
        record.neighbours({ iss, sub, aud }),
      ),
    );
  },
  gcp: (record, { iss, sub, aud }) => {
    const pool = "projects/1/locations/global/workloadIdentityPools/ci";
    return readGcp(
      proveGcpTrust({ issuer: iss, subject: sub, audience: aud, pool }, record.neighbours({ iss, sub, aud })),
    );
  },
  azure: (record, { iss, sub, aud }) =>
    readAzure(proveAzureTrust({ issuer: iss, subject: sub, audience: aud }, record.neighbours({ iss, sub, aud }))),
  [EXPRESSION]: ({ entra }, token) => {
    if (entra === undefined) return undefined;
    const claims = Object.keys(entra.claims).filter((claim) => token[claim] !== undefined);
    const comparisons = claims.map((claim) => ({ claim, operator: "eq" as const, comparand: String(token[claim]) }));
    return readAzure([proveFlexibleTrust({ issuer: token.iss, audience: token.aud, comparisons }, [token], [])]);
  },
};

describe("trust/issuers: two tenants", () => {
  it("have a job to try in each CI system", () => {
    assert.deepEqual(
      Object.keys(SYSTEMS),
      CI_ISSUERS.map(({ key }) => key),
    );
  });

  for (const record of CI_ISSUERS as readonly IssuerRecord[]) {
    const { key } = record;
    const system = SYSTEMS[key] ?? assert.fail(key);
    const { facts: names, optional, audience = AUDIENCE, places } = system;
    const forms = formsOf(optional);
    const facts = fc.record(names) as fc.Arbitrary<Facts>;
    const signed = (job: Facts, has: Has): Claims[] =>
      system.tokens(job, has).map((token) => ({ aud: audience, ...token }));

    it(`of ${key} are never admitted by one policy of Pulumi Cloud, whatever is typed`, () => {
      const shown = new Shown();
      let [accepted, tried] = [0, 0];
      const policyOf = (job: Facts, has: Has) => {
        const input = { decision: "allow", accessToken: { organization: {} }, [key]: system.subject(job, has) };
        return reviewDefinitions([input as DefinitionInput], { organization: "acme", issuerKind: key as never });
      };
      fc.assert(
        fc.property(facts, (job) => {
          for (const has of forms) {
            tried += 1;
            const review = made(() => policyOf(job, has));
            if (review === undefined) continue;
            accepted += 1;
            const definitions = review.compiled.map(({ definition }) => definition);
            shown.check(readPulumi(definitions), signed(job, has), strangersOf(system, job, has), definitions);
          }
        }),
        { ...tries(Math.max(10, 400 / forms.length)), examples: system.example ? [[system.example]] : [] },
      );
      assert.ok(accepted > tried / 8, `only ${accepted} of ${tried} were accepted`);
      assert.deepEqual(shown.unneeded(places), []);
    });

    for (const [cloud, readingOf] of Object.entries(CLOUDS)) {
      if (cloud === EXPRESSION && record.entra === undefined) continue;
      it(`of ${key} are never admitted by one document of ${cloud}`, () => {
        const shown = new Shown();
        let [accepted, tried] = [0, 0];
        fc.assert(
          fc.property(facts, fc.constantFrom(...forms), (job, has) => {
            for (const token of signed(job, has)) {
              tried += 1;
              const reading = made(() => readingOf(record, token as never));
              if (reading === undefined) continue;
              accepted += 1;
              const asked = Object.keys(reading[0] ?? {});
              // A trust in the subject alone can't tell who took all names over.
              const strangers = [
                ...strangersOf(system, job, has),
                { ...token, iss: `${String(token.iss)}.example.com` },
              ].filter((other: Claims) => asked.some((claim) => other[claim] !== token[claim]));
              shown.check(reading, [token], strangers, asked);
            }
          }),
          tries(30),
        );
        assert.ok(accepted > tried / 4, `only ${accepted} of ${tried} were accepted`);
        // An expression compares ids besides, which tell already.
        assert.deepEqual(shown.unneeded([...places, ...(cloud === EXPRESSION ? ["sub"] : [])]), []);
      });
    }
  }
});
