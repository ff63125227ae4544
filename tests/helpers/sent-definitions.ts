import assert from "node:assert/strict";

/** The definitions without any literal character that each Pulumi Cloud of a test was sent. */
const servers = new Set<string[]>();

/** Has every test that sends such a definition to a server fail: the real service refuses the one that is known. */
export function watchSent(nameless: string[]): void {
  servers.add(nameless);
}

const sent: string[] = [];

// Of the root suite: they hold for all tests of each file that imports this. Only the last one fails, because a hook after each
// test that fails would end the whole run. Measurements use the same servers without a suite.
if (typeof afterEach === "function") {
  afterEach(function () {
    const test = this.currentTest?.fullTitle();
    for (const nameless of servers) {
      sent.push(...nameless.splice(0).map((definition) => `${test}: ${definition}`));
    }
  });
  after("no PATCH held a definition without a literal character", () => {
    assert.deepEqual(sent, []);
  });
}
