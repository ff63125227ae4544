import assert from "node:assert/strict";

/** The definitions without any literal character that each Pulumi Cloud of a test was sent. */
const servers = new Set<string[]>();

/** Has every test that sends such a definition to a server fail: the real service refuses the one that is known. */
export function watchSent(nameless: string[]): void {
  servers.add(nameless);
}

// Of the root suite: it holds for all tests of whichever file imports this.
afterEach("no PATCH held a definition without a literal character", () => {
  const sent = [...servers].flatMap((nameless) => nameless.splice(0));
  assert.deepEqual(sent, []);
});
