import assert from "node:assert/strict";
import { resolvePulumiCli } from "../../../tools/toolchain/pulumi-cli";
import { silentReport } from "../../../tools/toolchain/report";
import { type Failure, FailureLab, type Route } from "./failure-lab";
import { allFailures, SLOW, TITLES } from "./failure-table";
import type { ShellOutcome } from "./shell-run";

/** What Kubernetes keeps of a failed container's log. */
const KEPT = 2048;

describe("an exchange that fails", () => {
  const lab = new FailureLab();
  const routes: Route[] = [
    { name: "curl", tools: { curl: true } },
    { name: "CLI", tools: { curl: true } },
  ];
  const outcomes = new Map<string, Promise<ShellOutcome>>();
  let failures: Failure[];

  before(async () => {
    const { path: pulumi } = await resolvePulumiCli(silentReport);
    (routes[1] as Route).tools = { pulumi, curl: true };
    await lab.start();
    failures = await allFailures(lab);
    // The CLI tries for seven seconds before it gives up on a server, so these run while the others do.
    const waiting = routes.map(async (route) => {
      for (const failure of failures) {
        const outcome = lab.run(route, failure.run);
        outcomes.set(`${failure.title} ${route.name}`, outcome);
        await (route.name === "CLI" && SLOW.includes(failure.title) ? undefined : outcome.catch(() => undefined));
      }
    });
    await Promise.all(waiting);
    await Promise.allSettled(outcomes.values());
  });
  after(() => lab.fixture.stop());

  for (const title of TITLES) {
    for (const { name } of routes) {
      it(`explains itself: ${title} (${name})`, async () => {
        const failure = failures.find((candidate) => candidate.title === title) as Failure;
        const { code, output } = await (outcomes.get(`${title} ${name}`) as Promise<ShellOutcome>);
        assert.equal(code, failure.code, output);
        const kept = output.slice(-KEPT);
        for (const pattern of [...failure.says, failure.cause, failure.fix]) {
          assert.match(kept, pattern);
        }
        assert.doesNotMatch(output, failure.not);
        assert.doesNotMatch(output, /the command ran/);
      });
    }
  }

  it("is told apart in every way there is", () => {
    assert.deepEqual(
      failures.map((failure) => failure.title),
      TITLES,
    );
    assert.equal(outcomes.size, TITLES.length * routes.length);
  });

  it("is none where the proxy lets it through, and the proxy is not asked where NO_PROXY says so", async () => {
    const { open, login } = lab.proxies;
    for (const route of routes) {
      const api = lab.fixture.cloud.url.replace("127.0.0.1", "localhost");
      // Go never asks a proxy for loopback, whatever it is called.
      const before = open.asked.length;
      const through = await lab.run(route, { api, env: { HTTPS_PROXY: open.url } });
      assert.equal(through.code, 0, through.output);
      assert.equal(open.asked.length, before + (route.name === "CLI" ? 0 : 1), route.name);
    }
    const asked = login.asked.length;
    for (const route of routes) {
      const env = { HTTPS_PROXY: login.url, NO_PROXY: "example.com,localhost,127.0.0.1" };
      const around = await lab.run(route, { env });
      assert.equal(around.code, 0, around.output);
    }
    assert.equal(login.asked.length, asked);
  });
});
