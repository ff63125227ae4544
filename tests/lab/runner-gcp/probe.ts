import type { ApiClient } from "../../../lab/cluster/api-client";
import { type PodTemplate, type ProbeOutcome, type RunOptions, runProgram } from "../cloud-runner/runner-pod";

/** How a probe differs from the runner's own pod. */
export interface ProbeOptions extends Omit<RunOptions, "env"> {
  /** Where Google's tokens are verified. */
  oauthUrl: string;
}

/**
 * Gets both kinds of token by application default credentials and prints whose they are, by Google's own verification; on
 * refusal the status. Ends with 3 when one was refused.
 */
const WHOSE_TOKENS = `
  const { GoogleAuth, OAuth2Client } = require("google-auth-library");
  const oauth = process.env.OAUTH_URL;
  const verifier = new OAuth2Client({
    endpoints: { tokenInfoUrl: oauth + "/tokeninfo", oauth2FederatedSignonPemCertsUrl: oauth + "/oauth2/v1/certs" },
  });
  const auth = new GoogleAuth({ scopes: "https://www.googleapis.com/auth/cloud-platform" });
  const audience = "https://service.example.com";
  const access = async () => {
    const { email = "the workload itself" } = await verifier.getTokenInfo(await auth.getAccessToken());
    return email;
  };
  const identity = async () => {
    const headers = await (await auth.getIdTokenClient(audience)).getRequestHeaders();
    const idToken = headers.get("authorization").replace("Bearer ", "");
    return (await verifier.verifyIdToken({ idToken, audience })).getPayload().email;
  };
  const show = (what, whose) =>
    whose().then(
      (email) => console.log(what + " token of " + email),
      (error) => {
        console.log(what + " token refused: " + (error.status ?? error.message));
        process.exitCode = 3;
      },
    );
  show("access", access).then(() => show("ID", identity));
`;

/** Runs a runner's pod once more, with Google's library as its work, and waits for its end. */
export function probe(
  template: PodTemplate,
  name: string,
  { oauthUrl, ...options }: ProbeOptions,
): Promise<ProbeOutcome> {
  const env = { OAUTH_URL: oauthUrl };
  return runProgram(template, name, { program: WHOSE_TOKENS, seconds: 300 }, { ...options, env });
}

/**
 * Makes a ServiceAccount, or one that is there already, claim what a runner's claims: the Google service account that its
 * annotation names.
 */
export async function claim(
  email: string,
  { client, namespace, name }: { client: ApiClient; namespace: string; name: string },
): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  const metadata = { name, annotations: { "iam.gke.io/gcp-service-account": email } };
  if ((await client.find(`${path}/${name}`)) === undefined) {
    await client.post(path, { metadata });
  } else {
    await client.patch(`${path}/${name}`, { metadata });
  }
}
