// Puts JavaScript into all TypeScript files below the current directory, which is Stryker's sandbox: once, where ts-node would
// compile them again for each process, of which every mutant in a module's constants needs its own. The names stay, because
// by them Stryker knows which tests have changed since its last run.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

const { config } = ts.readConfigFile("tsconfig.json", ts.sys.readFile);
const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ".");

for (const name of readdirSync(".", { recursive: true })) {
  if (!name.endsWith(".ts") || name.includes("node_modules")) continue;
  const fileName = join(process.cwd(), name);
  const { outputText } = ts.transpileModule(readFileSync(name, "utf8"), { fileName, compilerOptions: options });
  writeFileSync(name, outputText);
}
