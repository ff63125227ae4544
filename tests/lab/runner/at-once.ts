/** Tests that are mostly waiting: all of a suite begin together, and each is told on its own. */
export function atOnce(tests: readonly (readonly [title: string, work: () => Promise<void>])[]): void {
  let runs: Promise<void>[];
  before(() => {
    runs = tests.map(([, work]) => work());
    for (const run of runs) {
      // Its own test tells; until then nobody listens.
      run.catch(() => undefined);
    }
  });
  for (const [index, [title]] of tests.entries()) {
    it(title, async () => {
      await runs[index];
    });
  }
}
