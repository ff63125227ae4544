import assert from "node:assert/strict";
import { awsWebIdentity } from "../../../../provider/workload/access/aws-web-identity";
import { eksPodIdentity } from "../../../../provider/workload/access/eks-pod-identity";
import { runnerEnvironment } from "../../../../provider/workload/pod/environment";
import type { PodOptions } from "../../../../provider/workload/pod/options";
import { OPTIONS } from "../pod/pod";

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

  it("keep the agent of EKS Pod Identity out of the way of a proxy, where there is one", () => {
    const agent = "169.254.170.23,[fd00:ec2::23]";
    const lists = (env: Record<string, string>, more: Partial<PodOptions> = {}) =>
      Object.fromEntries(
        runnerEnvironment({ ...OPTIONS, identity: eksPodIdentity({}), env, ...more })
          .filter(({ name }) => /^no_proxy$/i.test(name))
          .map((variable) => [variable.name, "value" in variable ? variable.value : variable.valueFrom]),
      );
    const proxy = "http://proxy.example.com:3128";
    for (const name of ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"]) {
      assert.deepEqual(lists({ [name]: proxy }), { NO_PROXY: agent }, name);
    }
    const HTTP_PROXY = { name: "proxy", key: "url" };
    assert.deepEqual(lists({}, { secretEnv: { HTTP_PROXY } }), { NO_PROXY: agent });
    assert.deepEqual(lists({ HTTP_PROXY: proxy, NO_PROXY: "a.example" }), { NO_PROXY: `a.example,${agent}` });
    assert.deepEqual(lists({ HTTP_PROXY: proxy, no_proxy: "a.example" }), { no_proxy: `a.example,${agent}` });
    assert.deepEqual(lists({ HTTP_PROXY: proxy, NO_PROXY: "" }), { NO_PROXY: agent });
    // Everything is reached directly already; curl knows the star by itself only.
    assert.deepEqual(lists({ HTTP_PROXY: proxy, NO_PROXY: "*" }), { NO_PROXY: "*" });
    const secretKeyRef = { name: "proxy", key: "not" };
    const hidden = lists({ HTTP_PROXY: proxy }, { secretEnv: { NO_PROXY: secretKeyRef } });
    assert.deepEqual(hidden, { NO_PROXY: { secretKeyRef } });
  });

  it("leave the list of hosts without a proxy alone, where there is none or no agent is asked", () => {
    const names = (identity: PodOptions["identity"], env: Record<string, string>) =>
      runnerEnvironment({ ...OPTIONS, identity, env }).flatMap(({ name }) => (/^no_proxy$/i.test(name) ? [name] : []));
    assert.deepEqual(names(eksPodIdentity({}), {}), []);
    assert.deepEqual(names(eksPodIdentity({}), { MY_HTTP_PROXY: "x" }), []);
    assert.deepEqual(names(awsWebIdentity({ roleArn }), { HTTP_PROXY: "http://proxy.example.com:3128" }), []);
  });
});
