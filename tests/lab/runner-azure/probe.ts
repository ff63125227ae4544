import { type PodTemplate, type ProbeOutcome, type RunOptions, runProgram } from "../cloud-runner/runner-pod";

/** Prints whose token of Entra ID one gets; on refusal the code of Entra's error, and ends with 3. */
const WHO_AM_I = `
  const { WorkloadIdentityCredential } = require("@azure/identity");
  // The one option that a lab needs: without it the client asks Microsoft which hosts are its clouds.
  const credential = new WorkloadIdentityCredential({ disableInstanceDiscovery: true });
  credential.getToken("https://management.azure.com/.default").then(
    ({ token }) => {
      const { appid, tid } = JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
      console.log("I am " + appid + " of " + tid);
    },
    (error) => {
      console.log("refused: " + (/AADSTS[0-9]+/.exec(error.message)?.[0] ?? error.message));
      process.exitCode = 3;
    },
  );
`;

/** Runs a runner's pod once more, with Azure's library as its work, and waits for its end. */
export function probe(template: PodTemplate, name: string, options: RunOptions): Promise<ProbeOutcome> {
  return runProgram(template, name, { program: WHO_AM_I, seconds: 300 }, options);
}
