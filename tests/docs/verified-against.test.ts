import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defaultStsSwitches as awsSts } from "../../lab/aws/sts/switches";
import { defaultAzureSwitches } from "../../lab/azure/switches";
import { defaultMetadataSwitches } from "../../lab/gcp/metadata/switches";
import { defaultRunSwitches } from "../../lab/gcp/run/switches";
import { defaultStsSwitches as gcpSts } from "../../lab/gcp/sts/switches";
import { defaultSwitches } from "../../lab/pulumi-cloud/switches";
import { packageRoot } from "../../tools/toolchain/package-root";

/** Which headings of the page are about the switches of which stand-in. */
const STAND_INS: [headings: RegExp, switches: object][] = [
  [/^(Pulumi Cloud|Pulumi Deployments)/, defaultSwitches()],
  [/^AWS STS$/, awsSts()],
  [/^Microsoft Entra ID$/, defaultAzureSwitches()],
  [/^Google's token service$/, gcpSts()],
  [/^GKE's metadata server$/, defaultMetadataSwitches()],
  [/^Google Cloud Run$/, defaultRunSwitches()],
];

/** A repository at a commit or tag, an issue, a page with the month, or an official binary. */
const SOURCE =
  /[\w.-]+\/[\w.-]+ at [\w./-]+|[\w.-]+\/[\w.-]+#\d+|https:\/\/\S+.*\b20\d\d-\d\d\b|official binary \S+ [\d.]+/;

interface Row {
  heading: string;
  fact: string;
  source: string;
  name?: string;
  value?: string;
}

const rows = rowsOf(readFileSync(join(packageRoot(), "docs", "verified-against.md"), "utf8"));

describe("docs/verified-against.md", () => {
  it("has every switch of every stand-in once, with its default, and no other", () => {
    for (const [headings, switches] of STAND_INS) {
      const listed = rows.filter(({ heading, name }) => headings.test(heading) && name !== undefined);
      const expected = Object.entries(switches).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
      assert.deepEqual(listed.map(({ name, value }) => `${name} = ${value}`).sort(), expected.sort());
    }
    const known = STAND_INS.map(([headings]) => headings);
    const elsewhere = rows.filter(({ heading, name }) => name !== undefined && !known.some((one) => one.test(heading)));
    assert.deepEqual(elsewhere, []);
  });

  it("names a switch for what is unknown, and a public source for everything else", () => {
    assert.ok(rows.length > 60);
    for (const { fact, source, name } of rows) {
      if (source.includes("*unknown*")) {
        assert.ok(name !== undefined, `no switch: ${fact}`);
      } else {
        assert.match(source, SOURCE, fact);
      }
    }
  });

  it("is complete: each switch that is described as not verified is unknown on the page", () => {
    const text = readFileSync(join(packageRoot(), "lab", "pulumi-cloud", "switches.ts"), "utf8");
    let count = 0;
    for (const [, comment = "", name = ""] of text.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s+(\w+): /g)) {
      const row = rows.find((one) => one.name === name);
      const words = comment.replace(/\s*\*\s*/g, " ");
      if (/not verified/i.test(words) && row !== undefined) {
        assert.match(row.source, /\*unknown\*/, name);
        count += 1;
      }
    }
    assert.ok(count > 15, `${count} found`);
  });

  it("tells a row with a source from one without", () => {
    for (const good of [
      "pulumi/docs#16317",
      "pulumi/docs at f5a2fc48, a.md",
      "https://docs.example/x (2026-11)",
      "official binary pulumi 3.259.0",
    ]) {
      assert.match(good, SOURCE);
    }
    for (const bad of ["pulumi/docs", "the documentation", "https://docs.example/x", "official binary", ""]) {
      assert.doesNotMatch(bad, SOURCE);
    }
  });
});

function rowsOf(page: string): Row[] {
  return page.split(/^## /m).flatMap((section) => {
    const [heading = "", ...lines] = section.split("\n");
    return lines.flatMap((line) => {
      const [, fact, source = "", last = ""] = /^\| (.*?) \| (.*?) \|(.*)\|$/.exec(line) ?? [];
      if (fact === undefined || fact === "fact") {
        return [];
      }
      const [, name, value] = /^ `(\w+)` = `(.*)` $/.exec(last) ?? [];
      assert.ok(name !== undefined || last.trim() === "", line);
      return [{ heading, fact, source, name, value }];
    });
  });
}
