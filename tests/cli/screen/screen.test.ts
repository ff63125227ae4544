import assert from "node:assert/strict";
import fc from "fast-check";
import { styled } from "../../../cli/print";
import { engineLine } from "../../../cli/screen";
import { Screen } from "../../../cli/screen/screen";
import { wrapped } from "../../../cli/screen/wrap";

/** What a screen of some width prints, without colours. */
function shownOn(columns: number | undefined, show: (screen: Screen) => void): string[] {
  const lines: string[] = [];
  const { log } = console;
  console.log = (text: string) => lines.push(...text.split("\n"));
  try {
    show(new Screen({ isTTY: columns !== undefined, columns: columns ?? 0 }));
  } finally {
    console.log = log;
  }
  return lines;
}

describe("a screen", () => {
  const log =
    "oidc-runner: exchanged this pod's token for a token of type organization of organization lab in 390 ms; it expires 2026-11-29T22:32:03.123456789Z";

  it("parts lines at spaces, so that none is wider than the terminal", () => {
    for (const columns of [40, 80, 120]) {
      const lines = shownOn(columns, (screen) => {
        screen.heading("A heading", "with more beside it, which is long enough to need two lines of their own on any");
        screen.said("job", log);
        screen.rows([{ ok: true, label: "pod", value: `pulumi/${"deployer-".repeat(20)}1` }]);
        screen.text(`${log} ${log}`);
      });
      assert.deepEqual(
        lines.filter((line) => line.length > columns),
        [],
      );
      assert.ok(lines.length > 5);
    }
  });

  it("leaves lines whole where there is no terminal", () => {
    assert.deepEqual(
      shownOn(undefined, (screen) => screen.said("job", log)),
      [
        "  job    | exchanged this pod's token for a token of type organization of organization lab in 390 ms; it expires 2026-11-29T22:32:03Z",
      ],
    );
  });

  it("keeps the colours of parts where a line is parted", () => {
    const { log } = console;
    let shown = "";
    console.log = (text: string) => (shown += text);
    const own = Object.getOwnPropertyDescriptors(process.stdout);
    Object.assign(process.stdout, { isTTY: true, hasColors: () => true });
    try {
      const line = [
        "+ ",
        styled("bold", "kubernetes:core/v1:ConfigMap pulumi-eks-entrypoint-owner"),
        styled("green", " created (0.02s)"),
      ];
      new Screen({ isTTY: true, columns: 60 }).said("pulumi", line);
    } finally {
      console.log = log;
      Object.assign(process.stdout, { isTTY: own.isTTY?.value, hasColors: own.hasColors?.value });
    }
    const [first = "", second = ""] = shown.split("\n");
    assert.ok(first.includes("+ \u001b[1mkubernetes:core/v1:ConfigMap"), first);
    assert.ok(second.includes("\u001b[1mpulumi-eks-entrypoint-owner"), second);
    assert.ok(second.endsWith("\u001b[32mcreated (0.02s)\u001b[39m"), second);
  });

  it("escapes what a terminal would act on", () => {
    assert.deepEqual(
      shownOn(80, (screen) => screen.said("job", "a\u001b[2Jb\tc")),
      ["  job    | a\\u001b[2Jb    c"],
    );
  });
});

describe("wrapped lines", () => {
  it("hold every word, and none is longer than asked for", () => {
    const text = fc.array(fc.stringMatching(/^[a-z/:.-]{1,60}$/), { minLength: 1 }).map((words) => words.join(" "));
    fc.assert(
      fc.property(text, fc.integer({ min: 20, max: 120 }), (all, width) => {
        const lines = wrapped(all, width);
        assert.ok(lines.every((line) => line.length <= width));
        assert.equal(lines.join("").replaceAll(" ", ""), all.replaceAll(" ", ""));
      }),
    );
  });

  it("begin where the first does", () => {
    assert.deepEqual(wrapped("    one two three", 12), ["    one two", "    three"]);
    assert.deepEqual(wrapped("short", 12), ["short"]);
    // A word that no line holds begins where there is room.
    assert.deepEqual(wrapped("ok https://oidc.example.com/id/1", 20), ["ok https://oidc.", "example.com/id/1"]);
    assert.deepEqual(wrapped("arn:aws:sts::111122223333:role", 16), ["arn:aws:sts::", "111122223333:", "role"]);
  });
});

describe("a line of pulumi up", () => {
  const shown = (line: string) => {
    const found = engineLine(line);
    return typeof found === "object"
      ? found.map((piece) => (typeof piece === "string" ? piece : piece.text)).join("")
      : found;
  };

  it("is shown once for each step, when the step has ended", () => {
    for (const line of [
      "",
      "@ updating.....",
      "Updating (lab):",
      " +  kubernetes:batch/v1:Job a creating (0s) Waiting",
    ]) {
      assert.equal(shown(line), undefined, line);
    }
    assert.equal(shown(" +  kubernetes:batch/v1:Job a created (1s) "), "+ kubernetes:batch/v1:Job a created (1s)");
    assert.equal(shown(" +- kubernetes:batch/v1:Job a replaced (1s)"), "+-kubernetes:batch/v1:Job a replaced (1s)");
    assert.equal(
      shown(" +  aws:iam:Role a **creating failed** error: no"),
      "+ aws:iam:Role a creating failed error: no",
    );
    const dynamic = " +  pulumi-nodejs:dynamic/oidc-runner:OidcIssuer a created (0.1s)";
    assert.equal(shown(dynamic), "+ oidc-runner:OidcIssuer a created (0.1s)");
  });

  it("is shown as it is where it is not a step", () => {
    for (const line of ["Diagnostics:", "    error: update failed", "Resources:", "    + 11 created", "Duration: 7s"]) {
      assert.equal(shown(line), line);
    }
  });
});
