import assert from "node:assert/strict";
import { awsWebIdentity } from "../../../provider/workload/aws-web-identity";
import { eksPodIdentity } from "../../../provider/workload/eks-pod-identity";
import { runnerEnvironment } from "../../../provider/workload/environment";
import type { PodOptions } from "../../../provider/workload/pod-template";
import { OPTIONS } from "./pod";

const roleArn = "arn:aws-cn:iam::123456789012:role/path/deployer";
const lives = ({ volumes }: { volumes: { [source: string]: unknown }[] }) =>
  volumes.map(({ projected }) => {
    const { sources } = projected as { sources: { serviceAccountToken: { expirationSeconds: number } }[] };
    return sources[0]?.serviceAccountToken.expirationSeconds;
  });

describe("the AWS parts of a pod", () => {
  it("name the session after the pod, where the user gives it no other name", () => {
    const identity = awsWebIdentity({ roleArn });
    const sessionName = (options: Partial<PodOptions>) =>
      runnerEnvironment({ ...OPTIONS, identity, ...options }).filter(({ name }) => name === "AWS_ROLE_SESSION_NAME");
    const fieldRef = { apiVersion: "v1", fieldPath: "metadata.name" };
    assert.deepEqual(sessionName({}), [{ name: "AWS_ROLE_SESSION_NAME", valueFrom: { fieldRef } }]);
    const env = { AWS_ROLE_SESSION_NAME: "mine" };
    assert.deepEqual(sessionName({ env }), [{ name: "AWS_ROLE_SESSION_NAME", value: "mine" }]);
    const secretKeyRef = { name: "s", key: "k" };
    assert.deepEqual(sessionName({ secretEnv: { AWS_ROLE_SESSION_NAME: secretKeyRef } }), [
      { name: "AWS_ROLE_SESSION_NAME", valueFrom: { secretKeyRef } },
    ]);
    // EKS names the sessions of EKS Pod Identity itself.
    assert.deepEqual(sessionName({ identity: eksPodIdentity({}) }), []);
  });

  it("ask the agent by the address of the cluster's IP family", () => {
    const uri = (ipFamily?: string) => eksPodIdentity({ ipFamily }).env.AWS_CONTAINER_CREDENTIALS_FULL_URI;
    assert.equal(uri(), "http://169.254.170.23/v1/credentials");
    assert.equal(uri("ipv4"), "http://169.254.170.23/v1/credentials");
    assert.equal(uri("ipv6"), "http://[fd00:ec2::23]/v1/credentials");
  });

  it("name the region, if it is known, twice, and the region's own STS always", () => {
    const aws = (env: Record<string, string>) => Object.entries(env).filter(([name]) => /REGION/.test(name));
    const sts = ["AWS_STS_REGIONAL_ENDPOINTS", "regional"];
    for (const parts of [awsWebIdentity, eksPodIdentity]) {
      assert.deepEqual(aws(parts({ roleArn }).env), [sts]);
      assert.deepEqual(aws(parts({ roleArn, region: "cn-north-1" }).env), [
        sts,
        ["AWS_REGION", "cn-north-1"],
        ["AWS_DEFAULT_REGION", "cn-north-1"],
      ]);
    }
  });

  it("have a token of ten minutes, or of the time that is asked for", () => {
    for (const parts of [awsWebIdentity, eksPodIdentity]) {
      assert.deepEqual(lives(parts({ roleArn })), [600]);
      assert.deepEqual(lives(parts({ roleArn, tokenExpirationSeconds: 86_400 })), [86_400]);
    }
  });
});
