import { loadProtocol, type ResourceProvider, serve } from "../../plugin/server";
import { OidcRunnerError } from "../../trust";

/**
 * Entry of the plugin processes, started by the launchers that `install.ts` writes:
 * `main NAME VERSION NODE_MODULES [the engine's own arguments]`.
 */
async function main([name = "", version = "", modules = ""]: string[]): Promise<void> {
  const provider = load(name);
  const { port } = await serve(loadProtocol([modules, process.cwd()]), { name, version, provider });
  // The engine reads the port from the first line.
  console.log(String(port));
}

// Each provider is loaded alone (`require`, since this is CommonJS): a plugin process starts in the time its own code takes.
function load(name: string): ResourceProvider {
  switch (name) {
    case "kubernetes":
      return (require("./kubernetes") as typeof import("./kubernetes")).kubernetesProvider();
    case "aws":
      return (require("./aws/provider") as typeof import("./aws/provider")).awsProvider();
    case "azure-native":
      return (require("./azure/provider") as typeof import("./azure/provider")).azureNativeProvider();
    case "azuread":
      return (require("./azure/provider") as typeof import("./azure/provider")).azureAdProvider();
    case "gcp":
      return (require("./gcp/provider") as typeof import("./gcp/provider")).gcpProvider();
    default:
      throw new OidcRunnerError("LAB_UNKNOWN_PROVIDER", `the lab has no stand-in provider called "${name}"`);
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
