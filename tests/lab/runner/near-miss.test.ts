import assert from "node:assert/strict";
import type { ApiClient } from "../../../lab/cluster/api-client";
import { clusterOfShape } from "../../../lab/issuer-shapes";
import { anotherCluster, type NearMiss, nearMisses, policyOf, prepareRunners, type Runners } from "./near-misses";
import { assertNoToken, assertRefused, explanation, type Refusal } from "./refusals";
import { CURL_IMAGE, deleteJob, type JobOutcome, NAMESPACE, runJob } from "./runner-job";
import { type RunnerLab, startRunnerLab } from "./runner-lab";

/** Titles of the near misses that the curl route is tried on too: one whose claims differ, two whose claims are right. */
const WITH_CURL = ["the neighbour ServiceAccount", "a deny beside a matching allow", "a tampered token"];

describe("a runner's Job in a real cluster", () => {
  let lab: RunnerLab;
  let cluster: ApiClient;
  let runners: Runners & { policyId: string };

  before(async () => {
    lab = await startRunnerLab([clusterOfShape("kubernetes", "first"), clusterOfShape("gke", "second")]);
    cluster = lab.clusters[0] as ApiClient;
    runners = await prepareRunners(lab);
  });
  after(async () => {
    await lab?.stop();
  });

  /** Runs a Job that must be refused once as it is, and once with the service saying as little as it can. */
  async function refusedTwice(name: string, miss: Omit<NearMiss, "reason">): Promise<void> {
    const described = await runJob(lab, name, miss.job);
    await lab.emptyErrorDescriptions(true);
    const silent = await runJob(lab, `${name}-silent`, miss.job).finally(() => lab.emptyErrorDescriptions(false));
    assertRefused(described, miss.refusal);
    assert.equal(explanation(silent.log), explanation(described.log));
  }

  it("exchanges its token and becomes the command", async () => {
    const outcome = await runJob(lab, "good", { trust: runners.good });
    assert.deepEqual([outcome.condition.type, outcome.exitCode], ["Complete", 0], outcome.log);
    assert.match(
      outcome.log,
      /^oidc-runner: exchanged .* type organization of organization acme in \d+ ms; it expires /,
    );
    assert.equal(outcome.log.trimEnd().split("\n").at(-1), "acme");
    assertNoToken(outcome.log);
  });

  it("does the same with curl in an image without a Pulumi CLI", async () => {
    const outcome = await runJob(lab, "good-curl", { trust: runners.good, image: CURL_IMAGE });
    assert.deepEqual([outcome.condition.type, outcome.exitCode], ["Complete", 0], outcome.log);
    assert.match(outcome.log, /it expires in 7200 s$/m);
    assert.match(outcome.log, /"githubLogin":"acme"/);
    assertNoToken(outcome.log);
  });

  describe("is refused, and says what was expected and what it got:", () => {
    let misses: NearMiss[];
    const outcomes = new Map<string, Record<"cli" | "silent" | "curl", JobOutcome | undefined>>();

    // All at once: they do not touch each other, and most of each is waiting.
    before(async () => {
      misses = await nearMisses(lab, runners);
      const run = (miss: NearMiss, name: string, image?: string) =>
        runJob(lab, `miss-${misses.indexOf(miss)}-${name}`, { ...miss.job, ...(image !== undefined && { image }) });
      const described = misses.map(async (miss) => {
        const curl = WITH_CURL.includes(miss.title) ? run(miss, "curl", CURL_IMAGE) : undefined;
        return { cli: await run(miss, "cli"), curl: await curl };
      });
      const first = await Promise.all(described);
      await lab.emptyErrorDescriptions(true);
      const silent = await Promise.all(misses.map((miss) => run(miss, "silent")));
      await lab.emptyErrorDescriptions(false);
      for (const [index, { title }] of misses.entries()) {
        outcomes.set(title, { ...(first[index] as (typeof first)[0]), silent: silent[index] });
      }
    });

    for (const title of [
      "the neighbour ServiceAccount",
      "another namespace",
      "another cluster's token",
      "the wrong audience",
      "a deny beside a matching allow",
      "a policy for another token type",
      "a tampered token",
      "an unsigned token (alg: none)",
    ]) {
      it(title, () => {
        const miss = misses.find((candidate) => candidate.title === title) as NearMiss;
        const { cli, silent, curl } = outcomes.get(title) as Record<"cli" | "silent", JobOutcome> & {
          curl: JobOutcome | undefined;
        };
        assertRefused(cli, miss.refusal);
        assertNoToken(cli.log, miss.secrets);
        assert.match(lab.log(), miss.reason);
        assert.match(cli.log, /"error_description":"[^"]+"/);
        assert.match(cli.log, /^oidc-runner: Pulumi Cloud's words: ./m);
        assert.match(silent.log, /"error_description":""/);
        assert.doesNotMatch(silent.log, /Pulumi Cloud's words/);
        assert.equal(explanation(silent.log), explanation(cli.log));
        assert.equal(silent.exitCode, 77);
        if (curl !== undefined) {
          assertRefused(curl, miss.refusal);
          assert.equal(explanation(curl.log), explanation(cli.log));
        }
      });
    }

    it("has tried every near miss", () => {
      assert.equal(outcomes.size, misses.length);
      assert.equal([...outcomes.values()].filter(({ curl }) => curl !== undefined).length, WITH_CURL.length);
    });
  });

  describe("when a clock is wrong", () => {
    afterEach(() => lab.setClock(0));
    const seconds = (text: string) => new RegExp(`^(later|not later) than \\d+, ${text}$`);

    it("is refused with a token that has expired by the service's clock", async () => {
      await lab.setClock(7200);
      const got = /^\d+, 6\d\d\d s too early; this pod's clock says \d+$/;
      const refusal: Refusal = {
        differs: ["exp", seconds("Pulumi Cloud's clock"), got],
        cause: /the clocks differ: Pulumi Cloud's is \d+ s ahead/,
        fix: /set the clocks/,
      };
      await refusedTwice("expired", { title: "expired", job: { trust: runners.good }, refusal });
      assert.match(lab.log(), /reason=TOKEN_EXPIRED .*sub="system:serviceaccount:runners:good"/);
    });

    it("is refused with a token that is not valid yet", async () => {
      await lab.setClock(-7200);
      const got = /^\d+, 7\d\d\d s too late; this pod's clock says \d+$/;
      const refusal: Refusal = {
        differs: ["nbf", seconds("Pulumi Cloud's clock"), got],
        cause: /the clocks differ: Pulumi Cloud's is \d+ s behind/,
        fix: /set the clocks/,
      };
      assertRefused(await runJob(lab, "early", { trust: runners.good, image: CURL_IMAGE }), refusal);
    });
  });

  describe("where the registered policies are others", () => {
    it("is refused with another cluster's token also if that cluster has a policy of its own", async () => {
      const url = lab.state.clusters[1]?.issuer ?? "";
      const { id } = await lab.cloud.registerIssuer({ name: "second", url });
      const policy = await lab.cloud.getPolicy(id);
      const rules = { sub: "system:serviceaccount:runners:other" };
      await lab.cloud.updatePolicy(policy.id, [{ ...runners.good.definition, rules }]);
      await refusedTwice("second", anotherCluster(lab, runners)).finally(() => lab.cloud.deleteIssuer(id));
      assert.match(lab.log(), /reason=NO_ALLOW_MATCHES issuer="https:\/\/container.googleapis.com\S* sub="\S+:good"/);
    });

    it("succeeds once the policy is mended, with the same Job", async () => {
      const mended = policyOf(runners).filter(({ decision }) => decision === "allow");
      const job = { trust: runners.denied };
      assert.equal((await runJob(lab, "mended", job)).exitCode, 77);
      await lab.cloud.updatePolicy(runners.policyId, mended);
      await deleteJob(cluster, "mended");
      const outcome = await runJob(lab, "mended", job).finally(() =>
        lab.cloud.updatePolicy(runners.policyId, policyOf(runners)),
      );
      assert.deepEqual([outcome.condition.type, outcome.exitCode], ["Complete", 0], outcome.log);
    });
  });

  describe("that Pulumi Cloud does not decide on", () => {
    const lineOf = ({ log }: JobOutcome) => log.split("\n").find((line) => /oidc-runner: [A-Z_]{5,}:/.test(line)) ?? "";
    let outcomes: Record<"failing" | "unreachable" | "unreachableCurl" | "missing", JobOutcome>;

    // All at once: the CLI tries for seven seconds before it gives up.
    before(async () => {
      const { good: trust } = runners;
      await lab.addFault({ path: "/api/oauth/token", kind: "status", status: 500, times: 100 });
      const nobody = { trust, apiUrl: "https://127.0.0.1:1" };
      const [failing, unreachable, unreachableCurl, missing] = await Promise.all([
        runJob(lab, "failing", { trust }),
        runJob(lab, "unreachable", nobody),
        runJob(lab, "unreachable-curl", { ...nobody, image: CURL_IMAGE }),
        runJob(lab, "missing", { trust, tokenPath: "elsewhere" }),
      ]).finally(() => lab.clearFaults());
      outcomes = { failing, unreachable, unreachableCurl, missing };
    });

    it("fails with 75 and CLOUD_FAILED when the service fails", () => {
      const { failing } = outcomes;
      assert.deepEqual([failing.condition.reason, failing.exitCode], ["BackoffLimitExceeded", 75], failing.log);
      assert.match(lineOf(failing), /CLOUD_FAILED: .*server_error.* Fix: run the Job again later/);
      assert.doesNotMatch(failing.log, /REFUSED|DIFFERS/);
      assertNoToken(failing.log);
    });

    for (const [route, name] of [
      ["CLI", "unreachable"],
      ["curl", "unreachableCurl"],
    ] as const) {
      it(`fails with 75 and CLOUD_UNREACHABLE when nobody answers (${route})`, () => {
        const outcome = outcomes[name];
        assert.equal(outcome.exitCode, 75, outcome.log);
        assert.match(lineOf(outcome), /CLOUD_UNREACHABLE: no answer .*https:\/\/127\.0\.0\.1:1.* Fix: check/);
        assertNoToken(outcome.log);
      });
    }

    it("fails with 78 and TOKEN_MISSING without a token", () => {
      const { missing } = outcomes;
      assert.equal(missing.exitCode, 78, missing.log);
      assert.match(lineOf(missing), /TOKEN_MISSING: .*\/var\/run\/secrets\/pulumi\/token\. Fix: mount/);
    });
  });

  describe("afterwards", () => {
    it("has run in namespaces that do refuse what is not restricted", async () => {
      const pod = { metadata: { name: "loose" }, spec: { containers: [{ name: "a", image: "busybox" }] } };
      await assert.rejects(cluster.post(`/api/v1/namespaces/${NAMESPACE}/pods`, pod), /violates PodSecurity/);
    });

    it("has left no token in the lab's log", () => {
      assert.match(lab.log(), /exchange decision=allow/);
      assertNoToken(lab.log().replace(/sha256:[0-9a-f]+/g, ""));
    });
  });
});
