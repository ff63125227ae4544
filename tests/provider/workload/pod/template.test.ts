import assert from "node:assert/strict";
import type { PodOptions } from "../../../../provider/workload/pod/options";
import { podTemplate } from "../../../../provider/workload/pod/template";
import { IDENTITY, OPTIONS, type Pod } from "./pod";

const pod = (options: Partial<PodOptions> = {}) => podTemplate({ ...OPTIONS, ...options }) as unknown as Pod;
const container = (options: Partial<PodOptions> = {}) => pod(options).spec.containers[0]!;
const environment = (options: Partial<PodOptions> = {}) =>
  Object.fromEntries(container(options).env.map(({ name, value }) => [name, value]));

describe("provider/workload/pod/template", () => {
  it("is what Pod Security calls restricted, and more", () => {
    const { spec } = pod({ identity: IDENTITY });
    const { runAsNonRoot, runAsUser, seccompProfile } = spec.securityContext;
    assert.deepEqual([runAsNonRoot, seccompProfile], [true, { type: "RuntimeDefault" }]);
    assert.ok(Number(runAsUser) > 0);
    assert.equal(spec.containers.length, 1);
    assert.deepEqual(spec.containers[0]?.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    for (const field of ["hostNetwork", "hostPID", "hostIPC", "initContainers"]) {
      assert.equal(spec[field], undefined);
    }
    // The only volumes `restricted` allows that we need; a hostPath would be refused.
    for (const { name, ...source } of spec.volumes) {
      assert.ok(["configMap", "projected", "emptyDir"].includes(Object.keys(source).join()), name);
    }
  });

  it("mounts no token of the Kubernetes API and leaks no services, and runs once", () => {
    const { spec } = pod();
    assert.deepEqual(
      [spec.automountServiceAccountToken, spec.enableServiceLinks, spec.restartPolicy, spec.serviceAccountName],
      [false, false, "Never", "deployer"],
    );
  });

  it("projects one token, for Pulumi's audience, and mounts it read-only", () => {
    const { spec } = pod();
    const projected = spec.volumes.filter((volume) => "projected" in volume);
    const serviceAccountToken = { audience: "urn:pulumi:org:acme", expirationSeconds: 600, path: "token" };
    assert.deepEqual(projected, [{ name: "pulumi-token", projected: { sources: [{ serviceAccountToken }] } }]);
    const mount = container().volumeMounts.find(({ name }) => name === "pulumi-token");
    assert.deepEqual(mount, { name: "pulumi-token", mountPath: "/var/run/secrets/pulumi", readOnly: true });
    assert.equal(environment().OIDC_RUNNER_TOKEN_FILE, "/var/run/secrets/pulumi/token");
  });

  it("projects a second token, where EKS's webhook would, only with a role", () => {
    const identity = IDENTITY;
    const names = (options: Partial<PodOptions>) => pod(options).spec.volumes.map(({ name }) => name);
    assert.ok(!names({}).includes("aws-iam-token"));
    assert.ok(!Object.keys(environment()).some((name) => name.startsWith("AWS_")));
    const volume = pod({ identity }).spec.volumes.find(({ name }) => name === "aws-iam-token");
    const serviceAccountToken = { audience: "sts.amazonaws.com", expirationSeconds: 600, path: "token" };
    assert.deepEqual(volume?.projected, { sources: [{ serviceAccountToken }] });
    const mountPath = "/var/run/secrets/eks.amazonaws.com/serviceaccount";
    const mount = container({ identity }).volumeMounts.find(({ name }) => name === "aws-iam-token");
    assert.deepEqual(mount, { name: "aws-iam-token", mountPath, readOnly: true });
    const { AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE } = environment({ identity });
    assert.deepEqual(
      [AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE],
      ["arn:aws:iam::123456789012:role/r", `${mountPath}/token`],
    );
  });

  it("mounts every volume, and no volume that is not there", () => {
    for (const options of [{}, { identity: IDENTITY }]) {
      const volumes = pod(options).spec.volumes.map(({ name }) => name);
      assert.deepEqual(
        container(options).volumeMounts.map(({ name }) => name),
        volumes,
      );
    }
    const [entrypoint] = pod().spec.volumes;
    assert.deepEqual(entrypoint?.configMap, { name: "deployer-0123456789", defaultMode: 0o555 });
  });

  it("keeps what is private in memory", () => {
    const { volumes } = pod().spec;
    assert.deepEqual(volumes.find(({ name }) => name === "private")?.emptyDir, { medium: "Memory", sizeLimit: "16Mi" });
    const { PULUMI_CREDENTIALS_PATH, OIDC_RUNNER_PRIVATE_DIR } = environment();
    const mount = container().volumeMounts.find(({ name }) => name === "private");
    assert.deepEqual([PULUMI_CREDENTIALS_PATH, OIDC_RUNNER_PRIVATE_DIR], [mount?.mountPath, mount?.mountPath]);
  });

  it("has the CLI store its login where the entrypoint can read it, whatever the user's CLI is told [0.3]", () => {
    assert.equal(environment().PULUMI_CREDENTIAL_STORE, "plaintext");
  });

  it("has no token in its environment, only where they are and what to ask for", () => {
    const env = environment({ identity: IDENTITY });
    for (const name of ["PULUMI_ACCESS_TOKEN", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]) {
      assert.ok(!(name in env), name);
    }
    const { OIDC_RUNNER_ORGANIZATION, OIDC_RUNNER_TOKEN_TYPE, OIDC_RUNNER_TOKEN_OWNER, PULUMI_BACKEND_URL } = env;
    assert.deepEqual(
      [OIDC_RUNNER_ORGANIZATION, OIDC_RUNNER_TOKEN_TYPE, OIDC_RUNNER_TOKEN_OWNER, PULUMI_BACKEND_URL],
      ["acme", "team", "platform", "https://api.pulumi.com"],
    );
    assert.equal(env.OIDC_RUNNER_EXPIRATION_SECONDS, "7200");
    assert.ok(!("OIDC_RUNNER_TOKEN_OWNER" in environment({ token: { tokenType: "organization" } })));
  });

  it("adds the user's variables, which can't displace those the exchange depends on", () => {
    const env = environment({
      env: { STAGE: "prod", PULUMI_BACKEND_URL: "https://evil", OIDC_RUNNER_TOKEN_FILE: "/x" },
    });
    assert.deepEqual(
      [env.STAGE, env.PULUMI_BACKEND_URL, env.OIDC_RUNNER_TOKEN_FILE],
      ["prod", "https://api.pulumi.com", "/var/run/secrets/pulumi/token"],
    );
    const names = container({ env: { HOME: "/x" } }).env.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
  });

  it("becomes the command, the script, or whoami", () => {
    const { command, args } = container();
    assert.deepEqual(
      [command, args],
      [
        ["/bin/sh", "/opt/oidc-runner/entrypoint.sh"],
        ["pulumi", "whoami"],
      ],
    );
    assert.deepEqual(container({ command: ["pulumi", "up", "--yes"] }).args, ["pulumi", "up", "--yes"]);
    assert.deepEqual(container({ hasScript: true }).args, ["/opt/oidc-runner/script.sh"]);
  });

  it("takes image, resources, labels and annotations as given", () => {
    const given = pod({ image: "i:1", resources: { limits: { cpu: "1" } }, annotations: { a: "b" } });
    assert.deepEqual(
      [given.spec.containers[0]?.image, given.spec.containers[0]?.resources],
      ["i:1", { requests: { "ephemeral-storage": "4Gi" }, limits: { cpu: "1" } }],
    );
    assert.deepEqual((given as unknown as { metadata: object }).metadata, {
      labels: { app: "x" },
      annotations: { a: "b" },
    });
  });

  it("asks for disk, unless the user does, or limits it", () => {
    const resources = (given?: PodOptions["resources"]) => container({ resources: given }).resources;
    assert.deepEqual(resources(), { requests: { "ephemeral-storage": "4Gi" } });
    assert.deepEqual(resources({ requests: { cpu: "1" } }), { requests: { "ephemeral-storage": "4Gi", cpu: "1" } });
    assert.deepEqual(resources({ requests: { "ephemeral-storage": "20Gi" } }), {
      requests: { "ephemeral-storage": "20Gi" },
    });
    // A request above the limit would be refused; Kubernetes takes the limit for the request.
    const limits = { "ephemeral-storage": "1Gi" };
    assert.deepEqual(resources({ limits }), { limits });
    assert.deepEqual(resources({ requests: { cpu: "1" }, limits }), { requests: { cpu: "1" }, limits });
  });

  it("takes scheduling as given, and leaves out what is empty", () => {
    const tolerations = [{ key: "dedicated", operator: "Exists" }];
    const { spec } = pod({ nodeSelector: { disk: "ssd" }, tolerations });
    const linux = { "kubernetes.io/os": "linux" };
    assert.deepEqual([spec.nodeSelector, spec.tolerations], [{ ...linux, disk: "ssd" }, tolerations]);
    assert.deepEqual(pod().spec.nodeSelector, linux);
    const other = { "kubernetes.io/os": "windows" };
    assert.deepEqual(pod({ nodeSelector: other }).spec.nodeSelector, other);
    const empty = pod({ nodeSelector: {}, tolerations: [], resources: {} });
    assert.deepEqual(empty, pod());
    assert.ok(!("tolerations" in empty.spec), "an empty list would look like drift");
  });

  it("takes values from Secrets by reference, which can't displace the runner's own", () => {
    const secretEnv = {
      DATABASE: { name: "db", key: "url" },
      HOME: { name: "db", key: "home", optional: true },
      OIDC_RUNNER_TOKEN_FILE: { name: "db", key: "x" },
    };
    const { env } = container({ env: { DATABASE: "plain" }, secretEnv });
    const of = (name: string) => env.filter((entry) => entry.name === name);
    assert.deepEqual(of("DATABASE"), [{ name: "DATABASE", valueFrom: { secretKeyRef: { name: "db", key: "url" } } }]);
    const optional = { name: "db", key: "home", optional: true };
    assert.deepEqual(of("HOME"), [{ name: "HOME", valueFrom: { secretKeyRef: optional } }]);
    assert.deepEqual(of("OIDC_RUNNER_TOKEN_FILE").length, 1);
    assert.equal(of("OIDC_RUNNER_TOKEN_FILE")[0]?.value, "/var/run/secrets/pulumi/token");
  });

  it("exchanges the identity's token where it is told to, and then projects none of its own", () => {
    const subjectToken = { audience: "sts.amazonaws.com", file: "/var/run/secrets/x/token", projected: false };
    const { spec } = pod({ identity: IDENTITY, subjectToken });
    const projected = spec.volumes.filter((volume) => "projected" in volume).map(({ name }) => name);
    assert.deepEqual(projected, ["aws-iam-token"]);
    assert.ok(!spec.containers[0]?.volumeMounts.some(({ name }) => name === "pulumi-token"));
    assert.equal(environment({ identity: IDENTITY, subjectToken }).OIDC_RUNNER_TOKEN_FILE, "/var/run/secrets/x/token");
  });

  it("asks for an administrator's token only when told to", () => {
    assert.ok(!("OIDC_RUNNER_ADMIN" in environment()));
    assert.ok(!("OIDC_RUNNER_ADMIN" in environment({ token: { tokenType: "organization", admin: false } })));
    assert.equal(environment({ token: { tokenType: "organization", admin: true } }).OIDC_RUNNER_ADMIN, "true");
  });

  it("starts again only in a Deployment, and there has started when it has its access token", () => {
    assert.deepEqual([pod().spec.restartPolicy, container().startupProbe], ["Never", undefined]);
    assert.equal(pod({ restartPolicy: "Always" }).spec.restartPolicy, "Always");
    assert.deepEqual(container({ restartPolicy: "Always" }).startupProbe, {
      exec: { command: ["/bin/sh", "-c", "[ -s /var/run/oidc-runner/access-token ]"] },
      periodSeconds: 1,
      failureThreshold: 600,
    });
  });
});
