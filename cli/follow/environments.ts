import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { LabState } from "../../lab";
import { Engine } from "../../lab/engine";
import { type Attempt, type Attempts, refusalsIn } from "../attempt";
import type { EnvironmentExample } from "../examples";

/**
 * Exchanges an environment's token for one of Azure, which no login of ESC does: Azure's providers and SDKs do it, by these variables.
 * Prints that there is an access token, or the code of the refusal.
 */
const AZURE_LOGIN = `curl -s --cacert "$LAB_CA" "$LAB_AZURE/$AZURE_TENANT_ID/oauth2/v2.0/token" \\
  --data grant_type=client_credentials --data-urlencode client_id="$AZURE_CLIENT_ID" \\
  --data-urlencode scope=https://management.azure.com/.default \\
  --data-urlencode client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer \\
  --data-urlencode client_assertion@"$AZURE_FEDERATED_TOKEN_FILE" | grep -Eo 'AADSTS[0-9]+|"access_token"'`;

/**
 * Makes an example's environment with the real CLI, opens it, and then those that resemble it. What is shown are the names of the
 * variables that it gives, or the clouds' answers.
 */
export async function followEnvironments(
  { environment, nearMisses }: EnvironmentExample,
  state: LabState,
  definition: string,
  { project, signal, onCommand }: { project: string; signal: AbortSignal; onCommand: (command: string) => void },
): Promise<Attempts> {
  const { organization, url } = state.pulumiCloud;
  const azure = { LAB_CA: state.ca, LAB_AZURE: state.azure.authority };
  const engine = new Engine(state, { project, signal, env: { PULUMI_BACKEND_URL: url, ...azure } });
  const directory = join(state.directory, "opened-environments");
  mkdirSync(directory, { recursive: true, mode: 0o700 });

  const cli = async (words: string[], isTold = false): Promise<string> => {
    signal.throwIfAborted();
    if (isTold) {
      onCommand(`pulumi ${words.join(" ").replace(`${directory}/`, "")}`);
    }
    return (await engine.run(words)).output;
  };
  const edit = async (reference: string, text: string, isTold = false): Promise<void> => {
    const file = join(directory, "definition.yaml");
    writeFileSync(file, text, { mode: 0o600 });
    await cli(["env", "edit", reference, "--file", file], isTold);
  };

  const open = async (name: string, of: string, isTold = false): Promise<Attempt> => {
    const reference = `${organization}/${of}`;
    await cli(["env", "init", reference], isTold);
    await edit(reference, definition, isTold);
    // The CLI ends with 0 where a login failed.
    const output = await cli(["env", "open", reference], isTold);
    const variables = variablesIn(output);
    // An environment whose login fails gives no token for Azure either.
    if (variables.length === 0) {
      await edit(reference, azureAlone(definition));
    }
    if (isTold) {
      onCommand(`pulumi env run ${reference} -- …  # exchanges the token at Entra ID, as Azure's providers do`);
    }
    const exchanged = await cli(["env", "run", reference, "--", "sh", "-c", AZURE_LOGIN]);
    const refusals = refusalsIn(output + exchanged);
    const isAdmitted = variables.length > 0 && exchanged.includes("access_token");
    const outcome = refusals.length > 0 ? "refused" : isAdmitted ? "admitted" : "failed";
    return { name, outcome, shown: outcome === "refused" ? refusals : variables };
  };

  const wanted = await open(environment, environment, true);
  const others: Attempt[] = [];
  for (const { name, environment: of } of nearMisses) {
    others.push(await open(name, of));
  }
  return { wanted, nearMisses: others };
}

/** A definition that logs in to Azure, and to nothing else. */
function azureAlone(definition: string): string {
  const { values } = parse(definition) as { values: Record<string, Record<string, string>> };
  const own = (texts: Record<string, string> = {}) =>
    Object.fromEntries(Object.entries(texts).filter(([name]) => /^(ARM|AZURE)_/.test(name)));
  const { azure, environmentVariables, files } = values;
  return stringify({ values: { azure, environmentVariables: own(environmentVariables), files: own(files) } });
}

/** Names of the environment variables; their values are credentials. */
function variablesIn(output: string): string[] {
  try {
    const { environmentVariables = {} } = JSON.parse(output) as { environmentVariables?: Record<string, string> };
    return Object.keys(environmentVariables);
  } catch {
    return [];
  }
}
