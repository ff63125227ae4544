import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { ClientAssertionCredential } from "@azure/identity";
import * as pulumi from "@pulumi/pulumi";
import { ExternalAccountClient, type ExternalAccountClientOptions } from "google-auth-library";

// The identity that AWS, Azure and Google Cloud give to the deployment; each only where its settings name the cloud.
const { ARM_CLIENT_ID, ARM_TENANT_ID, AWS_ACCESS_KEY_ID, AWS_ROLE_ARN, GOOGLE_CREDENTIALS } = process.env;

async function awsIdentity(): Promise<string> {
  if (AWS_ACCESS_KEY_ID === undefined && AWS_ROLE_ARN === undefined) {
    return "none";
  }
  const { Arn } = await new STSClient({ region: "us-east-1" }).send(new GetCallerIdentityCommand({}));
  return String(Arn);
}

async function azureIdentity(): Promise<string> {
  if (ARM_CLIENT_ID === undefined || ARM_TENANT_ID === undefined) {
    return "none";
  }
  // Another host than Microsoft's is not in Microsoft's list of its own.
  const options = { disableInstanceDiscovery: process.env.AZURE_AUTHORITY_HOST !== undefined };
  const assertion = async () => String(process.env.PULUMI_OIDC_TOKEN);
  const credential = new ClientAssertionCredential(ARM_TENANT_ID, ARM_CLIENT_ID, assertion, options);
  const { token } = await credential.getToken("https://management.azure.com/.default");
  const claims = JSON.parse(Buffer.from(String(token.split(".")[1]), "base64url").toString()) as { appid?: string };
  return String(claims.appid);
}

async function googleIdentity(): Promise<string> {
  if (GOOGLE_CREDENTIALS === undefined) {
    return "none";
  }
  const client = ExternalAccountClient.fromJSON(JSON.parse(GOOGLE_CREDENTIALS) as ExternalAccountClientOptions);
  const token = await client?.getAccessToken();
  return token?.token ? String(client?.getServiceAccountEmail()) : "none";
}

export const aws = pulumi.output(awsIdentity());
export const azure = pulumi.output(azureIdentity());
export const google = pulumi.output(googleIdentity());
