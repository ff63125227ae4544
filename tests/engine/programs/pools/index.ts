import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const organization = config.require("organization");
const subject = config.require("subject");

const pool = new gcp.iam.WorkloadIdentityPool("pool", { workloadIdentityPoolId: "pulumi-esc" });
new gcp.iam.WorkloadIdentityPoolProvider("provider", {
  workloadIdentityPoolId: pool.workloadIdentityPoolId,
  workloadIdentityPoolProviderId: "pulumi-esc",
  attributeMapping: { "google.subject": "assertion.sub" },
  attributeCondition: `assertion.org == '${organization}'`,
  oidc: { issuerUri: "https://api.pulumi.com/oidc", allowedAudiences: [`gcp:${organization}`] },
});
const account = new gcp.serviceaccount.Account("account", { accountId: "esc-pools" });
new gcp.serviceaccount.IAMMember("member", {
  serviceAccountId: account.name,
  role: "roles/iam.workloadIdentityUser",
  member: pulumi.interpolate`principal://iam.googleapis.com/${pool.name}/subject/${subject}`,
});

export const email = account.email;
