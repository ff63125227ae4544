import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import * as pulumi from "@pulumi/pulumi";
import { ExternalAccountClient, type ExternalAccountClientOptions } from "google-auth-library";

// The identity that AWS and Google Cloud give to the deployment; each only where its settings name the cloud.
const { AWS_ACCESS_KEY_ID, AWS_ROLE_ARN, GOOGLE_CREDENTIALS } = process.env;

async function awsIdentity(): Promise<string> {
  if (AWS_ACCESS_KEY_ID === undefined && AWS_ROLE_ARN === undefined) {
    return "none";
  }
  const { Arn } = await new STSClient({ region: "us-east-1" }).send(new GetCallerIdentityCommand({}));
  return String(Arn);
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
export const google = pulumi.output(googleIdentity());
