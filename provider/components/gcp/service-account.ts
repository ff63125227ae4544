import type * as pulumi from "@pulumi/pulumi";
import { OidcRunnerError } from "../../../trust";
import { projectOfEmail } from "../../../trust/parties/gcp";
import { type ChildOptions, explained, peer } from "../lib";

/** What a service account is made with. */
export interface ServiceAccountSettings {
  accountId: pulumi.Input<string>;
  project: pulumi.Input<string>;
  displayName: pulumi.Input<string>;
  description: pulumi.Input<string> | undefined;
}

/** A service account that is made. */
export interface MadeServiceAccount extends pulumi.CustomResource {
  readonly email: pulumi.Output<string>;
}

/** Makes a service account. */
export function makeServiceAccount(
  options: ChildOptions,
  name: string,
  settings: ServiceAccountSettings,
): MadeServiceAccount {
  const { Account } = peer(
    "@pulumi/gcp",
    () => require("@pulumi/gcp/serviceaccount/account") as typeof import("@pulumi/gcp/serviceaccount/account"),
  );
  return new Account(name, { ...settings }, { ...options, ...explainTaken(name) });
}

/**
 * Explains the failure of an account that is there, such as one that a killed update made. Google's words:
 * GoogleCloudPlatform/marketing-analytics-jumpstart#200.
 */
function explainTaken(name: string) {
  return explained(
    `account-${name}`,
    /Error 409: Service account (\S+) already exists within project projects\/([^.\s]+)/,
    (found) => {
      const [id, project] = found;
      const email = `${id}@${project}.iam.gserviceaccount.com`;
      return new OidcRunnerError("GCP_ID_TAKEN", `project ${project} has a service account ${id}`, {
        where: "gcp.serviceAccount.accountId",
        fix: `give gcp.serviceAccountEmail: "${email}" in place of gcp.serviceAccount, or another accountId; or run \`gcloud iam service-accounts delete ${email}\` if nothing needs it`,
      });
    },
  );
}

/** Lets a federated member act as a service account. */
export function grantActingAs(
  options: ChildOptions,
  name: string,
  email: pulumi.Output<string>,
  member: pulumi.Output<string>,
): pulumi.Resource {
  const { IAMMember } = peer(
    "@pulumi/gcp",
    () => require("@pulumi/gcp/serviceaccount/iammember") as typeof import("@pulumi/gcp/serviceaccount/iammember"),
  );
  const serviceAccountId = email.apply((address) => `projects/${projectOfEmail(address)}/serviceAccounts/${address}`);
  return new IAMMember(name, { serviceAccountId, role: "roles/iam.workloadIdentityUser", member }, options);
}
