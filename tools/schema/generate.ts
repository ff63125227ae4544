// npm run schema: writes schema.json from the sources. npm run schema -- --diff [REF or FILE]: instead compares schema.json with
// that of a git reference (default: HEAD) or a file, and ends with 1 if programs that were right would fail.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OidcRunnerError } from "../../trust";
import { packageRoot } from "../toolchain";
import { diffSchemas } from "./diff";
import { packageSchema, schemaText } from "./package-schema";
import type { Contents } from "./spec";

const SCHEMA = join(packageRoot(), "schema.json");
const [option, reference = "HEAD"] = process.argv.slice(2);
if (option === "--diff") {
  const show = () =>
    execFileSync("git", ["show", `${reference}:./schema.json`], {
      cwd: packageRoot(),
      encoding: "utf8",
      maxBuffer: 2 ** 26,
    });
  const before = JSON.parse(existsSync(reference) ? readFileSync(reference, "utf8") : show()) as Contents;
  const { breaking, compatible } = diffSchemas(before, JSON.parse(readFileSync(SCHEMA, "utf8")) as Contents);
  const lines = [...breaking.map((line) => `breaking: ${line}`), ...compatible.map((line) => `compatible: ${line}`)];
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
  process.exitCode = breaking.length > 0 ? 1 : 0;
} else {
  try {
    writeFileSync(SCHEMA, schemaText(packageSchema()));
  } catch (error) {
    if (!(error instanceof OidcRunnerError)) {
      throw error;
    }
    console.error(error.message);
    process.exitCode = 1;
  }
}
