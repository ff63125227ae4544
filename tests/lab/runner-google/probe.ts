import { setTimeout as sleep } from "node:timers/promises";
import type { ApiClient } from "../../../lab/cluster/api-client";
import type { PodTemplate, ProbeOutcome } from "../runner-aws/probe";
import { NODE_IMAGE } from "./google-lab";

/** Where and as whom a probe runs. */
export interface ProbeOptions {
  client: ApiClient;
  namespace: string;
  /** Where Google's tokens are verified. */
  oauthUrl: string;
  serviceAccountName?: string;
  /** Leave the entrypoint out: only what Google says counts. Default false. */
  bare?: boolean;
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
export async function probe(template: PodTemplate, name: string, options: ProbeOptions): Promise<ProbeOutcome> {
  const { client, namespace, serviceAccountName, oauthUrl, bare = false } = options;
  const copy = structuredClone(template);
  const [container] = copy.spec.containers as [PodTemplate["spec"]["containers"][0]];
  const work = ["node", "-e", WHOSE_TOKENS];
  container.image = NODE_IMAGE;
  container.env.push({ name: "OAUTH_URL", value: oauthUrl });
  if (bare) {
    // What the entrypoint would set.
    container.env.push({ name: "NODE_EXTRA_CA_CERTS", value: "/opt/oidc-runner/ca.crt" });
  }
  container.args = bare ? [] : work;
  container.command = bare ? work : container.command;
  copy.spec.serviceAccountName = serviceAccountName ?? copy.spec.serviceAccountName;
  copy.metadata = { labels: { probe: name } };
  const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const spec = { backoffLimit: 0, activeDeadlineSeconds: 90, template: copy };
  await client.post(jobs, { metadata: { name }, spec });
  for (;;) {
    const { status } = await client.get<{ status: { conditions?: { type: string }[] } }>(`${jobs}/${name}`);
    if (status.conditions?.some(({ type }) => type === "Complete" || type === "Failed")) {
      return outcomeOf(client, namespace, name);
    }
    await sleep(150);
  }
}

async function outcomeOf(client: ApiClient, namespace: string, name: string): Promise<ProbeOutcome> {
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  const { items } = await client.get<{
    items: {
      metadata: { name: string };
      status: { containerStatuses?: { state: { terminated?: { exitCode: number } } }[] };
    }[];
  }>(pods, { query: { labelSelector: `probe=${name}` } });
  const [pod] = items;
  return {
    exitCode: pod?.status.containerStatuses?.[0]?.state.terminated?.exitCode,
    log: pod === undefined ? "" : await client.text(`${pods}/${pod.metadata.name}/log`),
  };
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
