import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PulumiCloud } from "../../../lab/pulumi-cloud";
import type { PolicyDefinition } from "../../../trust/policy/model";
import { isLeftBehind } from "../../../trust/policy/standing-deny";
import type { TestIssuer } from "../../helpers/issuer";
import { Fixture } from "../../lab/pulumi-cloud/fixture";
import { generator } from "../support/generator";
import { definition, label } from "../support/scramble";
import { type EqualDefinitions, MODES } from "../support/simulated-policy";
import { rotateFaults } from "./rotating-faults";
import { runWorker } from "./run-worker";

const FULL = process.env.OIDC_RUNNER_FULL !== undefined;
const PROCESSES: Record<EqualDefinitions, number> = FULL
  ? { keep: 50, collapse: 50, reject: 50 }
  : { keep: 10, collapse: 4, reject: 4 };
const SEED = Number(process.env.OIDC_RUNNER_SEED ?? 1);

/** Definitions of nobody here, two of them equal where the service keeps such. */
const FOREIGN: Record<EqualDefinitions, PolicyDefinition[]> = {
  keep: [{ ...definition("twin", "deny"), future: { kept: true } } as PolicyDefinition],
  collapse: [],
  reject: [definition("foreign"), definition("foreign-deny", "deny")],
};
FOREIGN.keep.push(...structuredClone(FOREIGN.keep), definition("foreign"));

/** What the updates of one stack ask for: something, then something else, or nothing any more, or one after the other. */
function updatesOf(index: number, random: () => number, mode: EqualDefinitions): PolicyDefinition[][] {
  const decision = random() < 0.3 ? "deny" : "allow";
  const first = definition(`${mode}-${index}-first`, decision);
  const second = definition(`${mode}-${index}-second`, decision);
  const change = random() < 0.5 ? [second] : [first, second];
  // All go where nobody else has definitions, so that a deny must take the place of the last.
  const goes = mode === "collapse" || (index % 4 === 0) !== FULL;
  return [[first], ...(index % 2 === 0 ? [change] : []), ...(goes ? [[]] : [])];
}

describe(`pulumi-cloud: ${Math.max(...Object.values(PROCESSES))} processes on one issuer (seed ${SEED})`, () => {
  const fixture = new Fixture();
  let keys: TestIssuer;
  let home: string;
  before(async () => {
    await fixture.start();
    keys = await fixture.issuer();
    home = mkdtempSync(join(tmpdir(), "oidc-runner-processes-"));
  });
  after(async () => {
    await fixture.stop();
    rmSync(home, { recursive: true, force: true });
  });

  async function play(mode: EqualDefinitions) {
    const cloud: PulumiCloud = await fixture.start({ switches: { equalDefinitions: mode } });
    const api = async (method: string, path: string, body?: unknown) => {
      const headers = { Authorization: `token ${cloud.adminToken}` };
      return (await fixture.request(`${cloud.url}/api/orgs/acme/${path}`, method, body, headers)).json;
    };
    const { id: issuerId } = await api("POST", "oidc/issuers", { name: "n", url: keys.issuer, jwks: keys.jwks() });
    const policyOf = () => api("GET", `auth/policies/oidcissuers/${issuerId}`);
    if (FOREIGN[mode].length > 0) {
      await api("PATCH", `auth/policies/${(await policyOf()).id}`, { policies: FOREIGN[mode] });
    }
    const { take } = cloud.faults;
    const hits = rotateFaults(cloud.faults);
    const random = generator(SEED);
    const connection = { organization: "acme", apiUrl: cloud.url, caCertificates: fixture.authority.certificatePem };
    const results = await Promise.all(
      Array.from({ length: PROCESSES[mode] }, (_, index) => {
        const updates = updatesOf(index, random, mode);
        return runWorker({ connection, issuerId, updates }, cloud.adminToken, home);
      }),
    );
    cloud.faults.take = take;
    const list = (await policyOf()).policies as PolicyDefinition[];
    return { list, hits, results, requests: cloud.journal.list() };
  }

  it("ends with what they asked for, whatever the service does with equal definitions, and fails meanwhile", async () => {
    const plays: Awaited<ReturnType<typeof play>>[] = [];
    // Many processes need much memory: in a full run one mode after the other.
    for (const modes of FULL ? MODES.map((mode) => [mode]) : [MODES]) {
      plays.push(...(await Promise.all(modes.map(play))));
    }
    for (const [index, mode] of MODES.entries()) {
      const { list, results, hits, requests } = plays[index] as Awaited<ReturnType<typeof play>>;
      const wanted = results.flatMap((result) => result.wanted);
      const foreign = FOREIGN[mode];
      assert.deepEqual(list.slice(0, foreign.length), foreign, `${mode}: others' definitions are as they were`);
      const ours = list.slice(foreign.length).filter((one) => !isLeftBehind(one));
      assert.deepEqual(ours.map(label).sort(), wanted.map(label).sort(), mode);
      assert.equal(
        requests.filter(({ status, fault }) => status === 400 && fault === undefined).length,
        0,
        `${mode}: a list with equal definitions was sent`,
      );
      const failed = (method: string) => [...hits.keys()].filter((kind) => kind.startsWith(method)).length;
      assert.ok(failed("PATCH") >= (mode === "keep" ? 5 : 2) && failed("GET") >= 1, `${mode}: ${[...hits].join(" ")}`);
    }
  });
});
