#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { endWithEngine, servePlugin } from "../provider/resources";
import { type ComponentSchemas, componentMaker, warner, watchFailures } from "./construct";
import { nativeProvider } from "./provider";
import { loadProtocol, serve } from "./server";

/** The plugin `oidc-runner`, as the engine starts it: with its own address as the only argument besides flags. */
async function main(args: readonly string[]): Promise<void> {
  // Beside dist, here and in the plugin's own package.
  const schema = readFileSync(join(__dirname, "..", "..", "schema.json"), "utf8");
  const { name, version, ...contents } = JSON.parse(schema) as { name: string; version: string } & ComponentSchemas;
  const protocol = loadProtocol();
  const engine = engineAddress(args);
  const native = nativeProvider(warner(engine));
  const configuration = () => native.configuration;
  const construct = componentMaker({ protocol, engine, schema: contents, configuration });
  servePlugin({ version });
  watchFailures();
  endWithEngine();
  const { port } = await serve(protocol, { name, version, schema, provider: { ...native, construct } });
  // The engine reads the port from the first line.
  console.log(String(port));
}

/** The engine may put flags of its own before its address (pulumi/pulumi v3.259.0, sdk/nodejs/provider/internals.ts, parseArgs). */
function engineAddress(args: readonly string[]): string {
  const values = args.filter((arg, index) => !arg.startsWith("-") && args[index - 1] !== "--tracing");
  return values[0] ?? "";
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
