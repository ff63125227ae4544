// npm run guides: writes docs/ci from the records of CI systems and what `oidc-runner ci init` makes.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { packageRoot } from "../toolchain";
import { guideFiles } from ".";

void guideFiles().then((files) => {
  for (const { path, text } of files) {
    mkdirSync(dirname(join(packageRoot(), path)), { recursive: true });
    writeFileSync(join(packageRoot(), path), text);
  }
});
