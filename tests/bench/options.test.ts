import assert from "node:assert/strict";
import { all } from "../../bench/all";
import { type BenchOptions, chosen, readOptions } from "../../bench/options";

const NONE: BenchOptions = { json: false, strict: false, full: false, names: [] };

describe("bench/options", () => {
  it("reads flags and names in any order", () => {
    assert.deepEqual(readOptions([]), NONE);
    assert.deepEqual(readOptions(["up", "--json", "import/eks", "--strict"]), {
      ...NONE,
      json: true,
      strict: true,
      names: ["up", "import/eks"],
    });
    assert.deepEqual(readOptions(["--full"]), { ...NONE, full: true });
  });

  it("refuses a flag it does not know", () => {
    const refusal = readOptions(["--jsn"]);
    assert.ok(typeof refusal === "string" && /no option --jsn/.test(refusal));
  });

  const LIST = [{ name: "up/1" }, { name: "up/10" }, { name: "up/1000", full: true }, { name: "upper" }];
  const namesOf = (options: Partial<BenchOptions>) => {
    const found = chosen(LIST, { ...NONE, ...options });
    return typeof found === "string" ? found : found.map(({ name }) => name).join(" ");
  };

  it("chooses all but what takes long, a group, or one", () => {
    assert.equal(namesOf({}), "up/1 up/10 upper");
    assert.equal(namesOf({ full: true }), "up/1 up/10 up/1000 upper");
    assert.equal(namesOf({ names: ["up"] }), "up/1 up/10");
    assert.equal(namesOf({ names: ["up"], full: true }), "up/1 up/10 up/1000");
    assert.equal(namesOf({ names: ["up/1"] }), "up/1");
    assert.equal(namesOf({ names: ["up/1000"] }), "up/1000");
  });

  it("says that a name fits nothing, and what there is", () => {
    assert.match(namesOf({ names: ["up/1", "u"] }), /no benchmark u; there are up\/1, up\/10, up\/1000, upper/);
  });

  it("has names that are unique, and rows that begin with them", () => {
    const rows = all.flatMap((benchmark) =>
      benchmark.rows.map((row) => ({ benchmark: benchmark.name, row: row.name })),
    );
    assert.equal(new Set(rows.map(({ row }) => row)).size, rows.length);
    assert.equal(new Set(all.map(({ name }) => name)).size, all.length);
    for (const { benchmark, row } of rows) {
      assert.ok(row === benchmark || row.startsWith(`${benchmark}/`), row);
    }
  });
});
