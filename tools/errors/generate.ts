// npm run errors: writes docs/errors.md from the sources.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../toolchain";
import { errorsDocument } from ".";

writeFileSync(join(packageRoot(), "docs", "errors.md"), errorsDocument());
