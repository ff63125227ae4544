// npm run sdk: writes sdk/nodejs, sdk/python and sdk/go from schema.json.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { OidcRunnerError } from "../../trust";
import { lineReport, packageRoot } from "../toolchain";
import { goPrograms, NOT_GENERATED, writeSdks } from ".";

writeSdks(
  join(packageRoot(), "sdk"),
  lineReport((line) => console.error(line)),
)
  .then(() => {
    for (const [file, text] of Object.entries(goPrograms())) {
      writeFileSync(file, text);
    }
    console.log(
      `sdk: nodejs, python, go. Not ${NOT_GENERATED.join(" and ")}: their generators are not among Pulumi's Go modules`,
    );
  })
  .catch((error: unknown) => {
    console.error(error instanceof OidcRunnerError ? error.message : error);
    process.exitCode = 1;
  });
