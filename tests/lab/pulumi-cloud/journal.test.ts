import assert from "node:assert/strict";
import { JOURNAL_ENTRIES, Journal } from "../../../lab/pulumi-cloud/journal";

/** Numbers of the kinds of entries (pulumi/pulumi v3.259.0, sdk/go/common/apitype/journal.go). */
const KIND = { begin: 0, success: 1, failure: 2, refreshed: 3, outputs: 4, write: 5, secretsManager: 6, rebuilt: 7 };

interface Deployed {
  resources: { urn: string }[];
  pending_operations?: { type: string; resource: string }[];
  secrets_providers?: unknown;
}

describe("lab/pulumi-cloud/journal", () => {
  const BEFORE = {
    version: 3,
    deployment: {
      manifest: { time: "2026-01-01T00:00:00Z", magic: "m", version: "v3" },
      metadata: { integrity_error: null },
      resources: [{ urn: "a" }, { urn: "b", dependencies: ["a"] }, { urn: "c", parent: "b" }],
    },
  };

  /** What a journal of entries makes of {@link BEFORE}. */
  function stateAfter(...entries: [keyof typeof KIND | number, number, object?][]): Deployed {
    const journal = new Journal(BEFORE, 0);
    const sent = entries.map(([kind, operationID, rest]) => {
      const own = { version: 1, kind: typeof kind === "number" ? kind : KIND[kind], operationID };
      return { ...own, removeOld: null, removeNew: null, ...rest };
    });
    for (const entry of JOURNAL_ENTRIES.parse({ entries: sent }).entries) journal.add(entry);
    // As the CLI reads it.
    return JSON.parse(JSON.stringify(journal.checkpoint.deployment));
  }
  const urns = ({ resources }: Deployed) => resources.map(({ urn }) => urn);

  it("puts what was made before what is left of the state before", () => {
    const made = stateAfter(
      ["success", 1, { removeOld: 0, state: { urn: "a", outputs: { x: 1 } } }],
      ["success", 2, { state: { urn: "new" } }],
      ["success", 3, { removeOld: 2 }],
    );
    assert.deepEqual(made.resources, [
      { urn: "a", outputs: { x: 1 } },
      { urn: "new" },
      { urn: "b", dependencies: ["a"] },
    ]);
    assert.deepEqual(urns(stateAfter()), ["a", "b", "c"]);
  });

  it("has an operation pending from its beginning until it ended, well or not", () => {
    const operation = { type: "creating", resource: "new" };
    assert.deepEqual(stateAfter(["begin", 1, { operation }]).pending_operations, [operation]);
    assert.equal(stateAfter(["begin", 1, { operation }], ["failure", 1]).pending_operations, undefined);
    const done = stateAfter(["begin", 1, { operation }], ["success", 1, { state: { urn: "new" } }]);
    assert.deepEqual([done.pending_operations, urns(done)[0]], [undefined, "new"]);
  });

  it("keeps a creation of an earlier update pending, and no other operation", () => {
    const pending_operations = [{ type: "creating" }, { type: "updating" }];
    const journal = new Journal({ version: 3, deployment: { ...BEFORE.deployment, pending_operations } }, 0);
    assert.deepEqual((journal.checkpoint.deployment as Deployed).pending_operations, [{ type: "creating" }]);
  });

  it("marks what is replaced, before it is deleted", () => {
    const marked = stateAfter(
      ["success", 1, { state: { urn: "new" } }],
      ["success", 2, { deleteOld: 1, deleteNew: 1, pendingReplacementOld: 2 }],
    );
    assert.deepEqual(marked.resources, [
      { urn: "new", delete: true },
      { urn: "a" },
      { urn: "b", dependencies: ["a"], delete: true },
      { urn: "c", parent: "b", pendingReplacement: true },
    ]);
    assert.equal(Object.hasOwn(BEFORE.deployment.resources[1]!, "delete"), false, "the state before is left alone");
  });

  it("changes outputs in place, of old and of new ones, and not of what has gone", () => {
    const state = { urn: "b", outputs: { late: true } };
    assert.deepEqual(stateAfter(["outputs", 1, { removeOld: 1, state }]).resources[1], state);
    const made = stateAfter(["success", 1, { state: { urn: "n" } }], ["outputs", 2, { removeNew: 1, state }]);
    assert.deepEqual(made.resources[0], state);
    assert.deepEqual(urns(stateAfter(["success", 1, { removeOld: 1 }], ["outputs", 2, { removeOld: 1, state }])), [
      "a",
      "c",
    ]);
  });

  it("takes what a refresh found gone out of dependencies and parents", () => {
    const gone = stateAfter(["refreshed", 1, { removeOld: 0 }]);
    assert.deepEqual(gone.resources, [
      { urn: "b", dependencies: [] },
      { urn: "c", parent: "b" },
    ]);
    const parent = stateAfter(["refreshed", 1, { removeOld: 1 }]).resources[1];
    assert.deepEqual(parent, { urn: "c" });
    const changed = { urn: "a", outputs: { seen: true } };
    assert.deepEqual(stateAfter(["refreshed", 1, { removeOld: 0, state: changed }]).resources[0], changed);
    assert.deepEqual(stateAfter(["success", 1, { removeOld: 0 }]).resources[0], { urn: "b", dependencies: ["a"] });
  });

  it("follows a rename wherever the old name stands, also in what the update has not come to yet", () => {
    const aliases = ["b"];
    const renamed = stateAfter(["success", 1, { removeOld: 1, state: { urn: "b2", aliases, dependencies: ["a"] } }]);
    assert.deepEqual(renamed.resources, [{ urn: "b2", dependencies: ["a"] }, { urn: "a" }, { urn: "c", parent: "b2" }]);
  });

  it("counts from the state of a refresh that came first", () => {
    const rebuilt = stateAfter(["refreshed", 1, { removeOld: 0 }], ["rebuilt", 2], ["success", 3, { removeOld: 0 }]);
    assert.deepEqual(urns(rebuilt), ["c"], "the first one is b now");
  });

  it("takes a whole state and the provider of secrets", () => {
    const newSnapshot = { resources: [{ urn: "other" }] };
    const written = stateAfter(
      ["write", 1, { newSnapshot }],
      ["secretsManager", 2, { secretsProvider: { type: "service" } }],
    );
    assert.deepEqual([urns(written), written.secrets_providers], [["other"], { type: "service" }]);
  });

  it("refuses a kind that it does not know", () => {
    assert.throws(() => stateAfter([8, 1]), /the lab does not know 8/);
  });
});
