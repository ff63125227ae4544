// npx ts-node -T tools/schema/generate.ts: writes schema.json from the sources.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { OidcRunnerError } from "../../trust";
import { packageRoot } from "../toolchain";
import { packageSchema, schemaText } from "./package-schema";

try {
  writeFileSync(join(packageRoot(), "schema.json"), schemaText(packageSchema()));
} catch (error) {
  if (!(error instanceof OidcRunnerError)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}
