import { type PodTemplate, type ProbeOutcome, type RunOptions, runProgram } from "../cloud-runner/runner-pod";

/** Prints whose token of Entra ID one gets, by each of Azure's credentials for it; on refusal the code of Entra's error, and ends with 3. */
const WHO_AM_I = `
  const { readFileSync } = require("node:fs");
  const { ClientAssertionCredential, WorkloadIdentityCredential } = require("@azure/identity");
  const { AZURE_CLIENT_ID, AZURE_FEDERATED_TOKEN_FILE, AZURE_TENANT_ID } = process.env;
  const assertion = async () => readFileSync(AZURE_FEDERATED_TOKEN_FILE, "utf8");
  // The one option that a lab needs: without it the client asks Microsoft which hosts are its clouds.
  const options = { disableInstanceDiscovery: true };
  const credentials = [
    new WorkloadIdentityCredential(options),
    new ClientAssertionCredential(AZURE_TENANT_ID, AZURE_CLIENT_ID, assertion, options),
  ];
  const said = credentials.map((credential) => credential.getToken("https://management.azure.com/.default").then(
    ({ token }) => {
      const { appid, tid } = JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
      return "I am " + appid + " of " + tid;
    },
    (error) => {
      process.exitCode = 3;
      return "refused: " + (/AADSTS[0-9]+/.exec(error.message)?.[0] ?? error.message);
    },
  ));
  Promise.all(said).then((lines) => console.log(lines.join("\\n")));
`;

/** Runs a runner's pod once more, with Azure's library as its work, and waits for its end. */
export function probe(template: PodTemplate, name: string, options: RunOptions): Promise<ProbeOutcome> {
  return runProgram(template, name, { program: WHO_AM_I, seconds: 300 }, options);
}
