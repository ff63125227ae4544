import { awsWebIdentity } from "../../../../provider/workload/access/aws-web-identity";
import type { PodOptions } from "../../../../provider/workload/pod/options";
import { pulumiToken } from "../../../../provider/workload/pod/subject-token";
import { proveRunnerTrust } from "../../../../trust/parties/pulumi/proof";
import type { TokenSelection } from "../../../../trust/policy/access-token";

/** The parts of a pod these tests look into. */
export interface Pod {
  spec: {
    [field: string]: unknown;
    securityContext: Record<string, unknown>;
    containers: {
      [field: string]: unknown;
      command: string[];
      args: string[];
      env: { name: string; value: string }[];
      securityContext: Record<string, unknown>;
      volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[];
    }[];
    volumes: { name: string; [source: string]: unknown }[];
  };
}

const token: TokenSelection = { tokenType: "team", team: "platform" };

/** Good options of a runner's pod. */
export const OPTIONS: PodOptions = {
  organization: "acme",
  trust: proveRunnerTrust({
    organization: "acme",
    issuerUrl: "https://i.example.com",
    namespace: "pulumi",
    serviceAccountName: "deployer",
    token,
  }),
  token,
  expirationSeconds: 7200,
  apiUrl: "https://api.pulumi.com",
  configMapNames: ["deployer-0123456789"],
  hasScript: false,
  subjectToken: pulumiToken("acme"),
  labels: { app: "x" },
  annotations: {},
};

/** A cloud identity with a token of its own. */
export const IDENTITY = awsWebIdentity({ roleArn: "arn:aws:iam::123456789012:role/r" });
