import { TOKEN_EXCHANGE_AUDIENCE } from "../../../trust/parties/azure";
import { type PodParts, paths, tokenVolume } from "../pod";

/** Where tokens of Entra ID are got, unless a cloud of its own has another place (Azure/go-autorest, autorest/azure/environments.go, PublicCloud). */
const AUTHORITY_HOST = "https://login.microsoftonline.com/";

/**
 * Least life of the pod's token, in seconds, and its default: that of Azure's webhook (pkg/webhook/consts.go). With the 600 of
 * other tokens `@azure/identity` could send one that has expired, because it keeps what it has read for five minutes, and the
 * kubelet renews a token at 80 % of its life.
 */
export const AZURE_TOKEN_SECONDS = 3600;

/** What a pod needs to get tokens of Entra ID with a token of its own. */
export interface AzureWorkloadIdentity {
  clientId: string;
  tenantId: string;
  /** Default: that of public Azure. */
  authorityHost?: string;
  /** Life of the pod's token, in seconds. Default: {@link AZURE_TOKEN_SECONDS}. */
  tokenExpirationSeconds?: number;
}

/** Names the volume, and the token's file in it. */
const TOKEN = "azure-identity-token";

/**
 * The parts by which a pod gets tokens of Entra ID with a token of its own. Volume, path and variables are those of Azure's webhook
 * (Azure/azure-workload-identity, pkg/webhook/consts.go and webhook.go at 30e0f1b, v1.5.1), whose variables are what `@azure/identity`
 * reads (Azure/azure-sdk-for-js, `WorkloadIdentityCredential` of 4.13.0).
 *
 * The webhook does not see the pod, because it only looks at pods with the label `azure.workload.identity/use: "true"`
 * (config/webhook/webhook_patch.yaml), which is left out: the pod then does not depend on the webhook, nor on its cache having
 * seen a ServiceAccount that is seconds old. Where the user adds the label, the webhook finds its work done: it sets no variable
 * that is there, and adds no volume beside a projected token of that name. From v1.6.0 (04d01a2) on it adds a token of its own at
 * another path (`/var/run/secrets/azure/wi`), which the variables do not name.
 */
export function azureWorkloadIdentity(options: AzureWorkloadIdentity): PodParts {
  const { clientId, tenantId, authorityHost = AUTHORITY_HOST, tokenExpirationSeconds = AZURE_TOKEN_SECONDS } = options;
  const env = {
    AZURE_CLIENT_ID: clientId,
    AZURE_TENANT_ID: tenantId,
    AZURE_FEDERATED_TOKEN_FILE: `${paths.azureTokenDirectory}/${TOKEN}`,
    AZURE_AUTHORITY_HOST: authorityHost,
  };
  return {
    volumes: [tokenVolume(TOKEN, TOKEN_EXCHANGE_AUDIENCE, TOKEN, tokenExpirationSeconds)],
    mounts: [{ name: TOKEN, mountPath: paths.azureTokenDirectory, readOnly: true }],
    env,
    reserved: Object.keys(env),
  };
}
