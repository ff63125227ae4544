// npm run reference: writes docs/reference from schema.json.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../toolchain";
import { referenceFiles } from ".";

const directory = join(packageRoot(), "docs", "reference");
rmSync(directory, { recursive: true, force: true });
mkdirSync(directory);
for (const { path, text } of referenceFiles()) {
  writeFileSync(join(packageRoot(), path), text);
}
