import { ClientAssertionCredential, WorkloadIdentityCredential } from "@azure/identity";

/** A token that the process of this module is to get, with Azure's own client. */
export interface TokenWish {
  /** `workload`: by the variables that pods and environments have. `assertion`: by a callback. */
  by: "workload" | "assertion";
  /** Variables of the process: `AZURE_CLIENT_ID`, `AZURE_TENANT_ID`, and for `workload` the token's file. */
  env: Record<string, string>;
  /** For `assertion`. */
  assertion?: string;
  scope?: string;
}

/** What came of it: the token, or the client's error. */
export type TokenAnswer = { token: string; error?: undefined } | { token?: undefined; error: string };

// The one option that a lab needs: without it the client asks Microsoft which hosts are its clouds.
const options = { disableInstanceDiscovery: true };

process.on(
  "message",
  async ({ by, env, assertion = "", scope = "https://management.azure.com/.default" }: TokenWish) => {
    Object.assign(process.env, env);
    let answer: TokenAnswer;
    try {
      const credential =
        by === "workload"
          ? new WorkloadIdentityCredential(options)
          : new ClientAssertionCredential(
              env.AZURE_TENANT_ID as string,
              env.AZURE_CLIENT_ID as string,
              async () => assertion,
              options,
            );
      const { token } = await credential.getToken(scope);
      answer = { token };
    } catch (error) {
      answer = { error: (error as Error).message };
    }
    process.send?.(answer);
  },
);
