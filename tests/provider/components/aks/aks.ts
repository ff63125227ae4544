import { AksOidcRunner, type AksOidcRunnerArgs } from "../../../../provider/components/aks/aks-oidc-runner";
import { OidcRunnerError } from "../../../../trust/errors";
import { AKS_ISSUER, API } from "../cloud";

/** A runner on an AKS cluster that is given by its issuer. */
export function aksRunner(args: Partial<AksOidcRunnerArgs> = {}, name = "deployer"): AksOidcRunner {
  return new AksOidcRunner(name, {
    organization: "acme",
    accessToken: { organization: {} },
    cluster: { issuerUrl: AKS_ISSUER },
    namespace: "pulumi",
    apiUrl: API,
    ...args,
  });
}

/** Codes of errors. */
export const codesOf = (errors: readonly unknown[]) =>
  errors.map((error) => (error instanceof OidcRunnerError ? error.code : error));

/** A subscription, a resource group in it, and a storage account in that. */
export const SUBSCRIPTION = "/subscriptions/77777777-2222-4333-8444-555555555555";
export const GROUP = `${SUBSCRIPTION}/resourceGroups/site`;
export const ACCOUNT = `${GROUP}/providers/Microsoft.Storage/storageAccounts/acme`;
