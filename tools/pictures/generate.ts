// npm run pictures: runs the command on terminals of 80 and 120 columns, and writes docs/pictures. Needs a build, and the lab's tools.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../toolchain";
import { pictureFiles } from ".";

mkdirSync(join(packageRoot(), "docs", "pictures"), { recursive: true });
for (const { path, text } of pictureFiles()) {
  writeFileSync(join(packageRoot(), path), text);
}
