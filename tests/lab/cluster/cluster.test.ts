import assert from "node:assert/strict";
import { statSync } from "node:fs";
import path from "node:path";
import { ApiClient } from "../../../lab/cluster/api-client";
import { hasStatusCode } from "../../../lab/cluster/api-error";
import { readKubeconfig } from "../../../lab/cluster/kubeconfig";
import {
  createPod,
  eventually,
  type IsolatedCluster,
  type PodView,
  podOutcome,
  runShell,
  startIsolatedCluster,
} from "./isolated-cluster";
import { AUDIENCE, createRestrictedNamespace, mainJob, runJob } from "./main-pod";

const ISSUER = "https://oidc.eks.us-west-2.amazonaws.com/id/0123456789ABCDEF";
const shell = (script: string, more: object = {}) => ({
  name: "main",
  image: "busybox",
  command: ["/bin/sh", "-c", script],
  ...more,
});

describe("lab/cluster as root", () => {
  let cluster: IsolatedCluster;
  let client: ApiClient;

  before(async function () {
    if (process.geteuid?.() !== 0) {
      this.skip();
    }
    // Tokens are renewed after 8 s instead of 480.
    cluster = await startIsolatedCluster({ issuer: ISSUER, tokenRenewalSpeed: 240 });
    client = cluster.client;
    await createRestrictedNamespace(client, "runners");
  });
  after(async () => {
    await cluster?.stop();
  });

  const podNow = async (name: string) => await client.get<PodView>(`/api/v1/namespaces/default/pods/${name}`);
  const waitingReason = async (name: string, reason: string) =>
    await eventually(async () => {
      const { status } = await podNow(name);
      const waiting = status.containerStatuses?.[0]?.state.waiting;
      return waiting?.reason === reason ? { phase: status.phase, message: waiting.message } : undefined;
    });

  it("runs the restricted Job with its own token", async () => {
    const { condition, pod, log, claims } = await runJob(client, "runners", mainJob("good"));
    assert.equal(condition.type, "Complete", log);
    assert.deepEqual(log.trimEnd().split("\n"), [
      "user 65532:65532",
      "token 600 65532",
      "home is writable",
      "home is in memory",
      "tmp is writable",
      "stand-in pulumi whoami",
      "CapEff: 0000000000000000",
      "NoNewPrivs: 1",
      "/home:/root:",
    ]);
    assert.equal(claims.iss, ISSUER);
    assert.deepEqual(claims.aud, [AUDIENCE]);
    assert.equal(claims.sub, "system:serviceaccount:runners:runner");
    const kubernetes = claims["kubernetes.io"] as { pod: object; node: { name: string } };
    assert.deepEqual(kubernetes.pod, { name: pod.metadata.name, uid: pod.metadata.uid });
    assert.equal(kubernetes.node.name, "lab-node");
  });

  it("fails the Job with the reason when the entrypoint exits with another code than 0", async () => {
    const { condition, pod } = await runJob(client, "runners", mainJob("bad", [{ name: "EXIT_CODE", value: "3" }]));
    assert.deepEqual([condition.type, condition.reason], ["Failed", "BackoffLimitExceeded"]);
    assert.equal(pod.status.containerStatuses?.[0]?.state.terminated?.exitCode, 3);
  });

  it("refuses in the restricted namespace what is not restricted", async () => {
    const pod = { metadata: { name: "loose" }, spec: { containers: [shell("true")] } };
    await assert.rejects(client.post("/api/v1/namespaces/runners/pods", pod), (error) => {
      return hasStatusCode(error, 403) && /violates PodSecurity/.test(error.message);
    });
  });

  it("lets everybody read the issuer's documents, and nobody anything else", async () => {
    const { ca } = readKubeconfig(cluster.state.kubeconfig);
    const anonymous = new ApiClient({ server: cluster.state.server, ca });
    try {
      const discovery = await anonymous.get<{ issuer: string; jwks_uri: string }>(
        new URL(cluster.discoveryUrl).pathname,
      );
      assert.equal(discovery.issuer, ISSUER);
      assert.equal(discovery.jwks_uri, cluster.jwksUrl);
      const jwks = await anonymous.get<{ keys: unknown[] }>(new URL(cluster.jwksUrl).pathname);
      assert.equal(jwks.keys.length, 1);
      await assert.rejects(anonymous.get("/api/v1/namespaces/default/secrets"), { statusCode: 403 });
      await assert.rejects(anonymous.get("/api/v1/nodes", { token: "wrong" }), { statusCode: 401 });
    } finally {
      await anonymous.close();
    }
    for (const file of ["kubeconfig", "control-plane-1/pki/tokens.csv", "control-plane-1/pki/service-account.key"]) {
      assert.equal(statSync(path.join(cluster.directory, "cluster", file)).mode & 0o777, 0o600, file);
    }
  });

  it("keeps a pod waiting that must not be root and would be", async () => {
    const strict = { securityContext: { runAsNonRoot: true } };
    await createPod(client, "as-root", { containers: [shell("id", strict)] });
    const zero = { securityContext: { runAsNonRoot: true, runAsUser: 0 } };
    await createPod(client, "as-zero", { containers: [shell("id", zero)] });
    assert.deepEqual(await waitingReason("as-root", "CreateContainerConfigError"), {
      phase: "Pending",
      message: "container has runAsNonRoot and image will run as root",
    });
    assert.match(
      (await waitingReason("as-zero", "CreateContainerConfigError")).message ?? "",
      /breaks non-root policy/,
    );
  });

  it("keeps a pod waiting whose image is not there", async () => {
    const image = "registry.example.com/gone:1";
    await createPod(client, "no-image", { containers: [shell("id", { image })] });
    assert.deepEqual(await waitingReason("no-image", "ErrImagePull"), {
      phase: "Pending",
      message: `failed to pull and unpack image "${image}": not found`,
    });
  });

  it("waits for a missing ConfigMap and runs when it appears", async () => {
    await createPod(client, "early", {
      containers: [shell("cat /etc/late/key", { volumeMounts: [{ name: "late", mountPath: "/etc/late" }] })],
      volumes: [{ name: "late", configMap: { name: "late" } }],
    });
    const query = { fieldSelector: "involvedObject.name=early,reason=FailedMount" };
    const event = await eventually(async () => {
      const events = await client.get<{ items: { message: string }[] }>("/api/v1/namespaces/default/events", { query });
      return events.items[0];
    });
    assert.match(event.message, /volume "late" : configmap "late" not found/);
    assert.equal((await waitingReason("early", "ContainerCreating")).phase, "Pending");
    await client.post("/api/v1/namespaces/default/configmaps", { metadata: { name: "late" }, data: { key: "here" } });
    assert.equal((await podOutcome(client, "early")).log, "here");
  });

  it("gives the token to its user alone, and to the group with fsGroup", async () => {
    const token = { serviceAccountToken: { audience: "a", path: "token" } };
    const volumes = [{ name: "token", projected: { sources: [token] } }];
    const volumeMounts = [{ name: "token", mountPath: "/token" }];
    const read = "stat -Lc '%a %u %g' /token/token; test -r /token/token && echo readable || echo refused";
    const as = async (name: string, pod: object, container: object = {}) =>
      await runShell(
        client,
        name,
        read,
        { volumes, securityContext: pod },
        { volumeMounts, securityContext: container },
      );
    assert.equal(await as("token-root", {}), "644 0 0\nreadable\n");
    assert.equal(await as("token-user", { runAsUser: 1000 }), "600 1000 0\nreadable\n");
    assert.equal(await as("token-group", { runAsUser: 1000, fsGroup: 2000 }), "640 1000 2000\nreadable\n");
    // The token belongs to 1000; root without its capabilities is a user like any other.
    const other = "setpriv --reuid 1001 --clear-groups sh -c 'cat /token/token' 2>&1 || echo refused";
    await createPod(client, "token-other", {
      securityContext: { fsGroup: 2000 },
      volumes,
      containers: [shell(other, { volumeMounts })],
    });
    assert.match((await podOutcome(client, "token-other")).log, /Permission denied\nrefused/);
  });

  it("renews a projected token in place, but not under subPath", async () => {
    const token = { serviceAccountToken: { audience: "a", expirationSeconds: 600, path: "token" } };
    const volumeMounts = [
      { name: "token", mountPath: "/token" },
      { name: "token", mountPath: "/pinned", subPath: "token" },
    ];
    const script =
      'first=$(cat /token/token); until [ "$(cat /token/token)" != "$first" ]; do sleep 0.1; done; ' +
      '[ "$(cat /pinned)" = "$first" ] && echo pinned; readlink /token/token';
    const volumes = [{ name: "token", projected: { sources: [token] } }];
    assert.equal(await runShell(client, "renewal", script, { volumes }, { volumeMounts }), "pinned\n..data/token\n");
  });

  it("sets up environment, downward API, secrets and init containers", async () => {
    await client.post("/api/v1/namespaces/default/secrets", { metadata: { name: "s" }, stringData: { key: "hidden" } });
    await client.post("/api/v1/namespaces/default/configmaps", {
      metadata: { name: "c" },
      data: { ONE: "1", TWO: "2" },
    });
    const mounts = { volumeMounts: [{ name: "shared", mountPath: "/shared" }] };
    const log = await runShell(
      client,
      "environment",
      'echo "$P_ONE $P_TWO $KEY $NAME $JOINED $PWD"; cat /shared/init; cat /info/labels; stat -Lc %a /secret/k',
      {
        initContainers: [shell("echo from init > /shared/init", { name: "init", ...mounts })],
        volumes: [
          { name: "shared", emptyDir: {} },
          { name: "secret", secret: { secretName: "s", items: [{ key: "key", path: "k", mode: 0o400 }] } },
          { name: "info", downwardAPI: { items: [{ path: "labels", fieldRef: { fieldPath: "metadata.name" } }] } },
        ],
      },
      {
        workingDir: "/work-here",
        envFrom: [{ prefix: "P_", configMapRef: { name: "c" } }],
        env: [
          { name: "KEY", valueFrom: { secretKeyRef: { name: "s", key: "key" } } },
          { name: "NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
          { name: "JOINED", value: "$(NAME)-$(P_ONE)-$(MISSING)" },
        ],
        volumeMounts: [
          ...mounts.volumeMounts,
          { name: "secret", mountPath: "/secret" },
          { name: "info", mountPath: "/info" },
        ],
      },
    );
    assert.equal(log, "1 2 hidden environment environment-1-$(MISSING) /work-here\nfrom init\nenvironment400\n");
  });

  it("restarts by policy, and stops at the pod's deadline", async () => {
    const container = shell(
      "test -e /s/done && exit 0; touch /s/done; echo first; echo why > /dev/termination-log; exit 7",
      {
        volumeMounts: [{ name: "s", mountPath: "/s" }],
      },
    );
    const volumes = [{ name: "s", emptyDir: {} }];
    await createPod(client, "again", { restartPolicy: "OnFailure", containers: [container], volumes });
    await createPod(client, "late-pod", { activeDeadlineSeconds: 1, containers: [shell("sleep 1000")] });
    const { pod } = await podOutcome(client, "again");
    const [status] = pod.status.containerStatuses ?? [];
    assert.equal(pod.status.phase, "Succeeded");
    assert.equal(status?.restartCount, 1);
    assert.match(JSON.stringify(status), /"lastState":{"terminated":{.*"exitCode":7.*"message":"why\\n"/);
    const query = { previous: true };
    assert.equal(await client.text("/api/v1/namespaces/default/pods/again/log", { query }), "first\n");
    const late = await podOutcome(client, "late-pod");
    assert.deepEqual([late.pod.status.phase, late.pod.status.reason], ["Failed", "DeadlineExceeded"]);
  });

  it("follows a log, and stops a deleted pod gently, then for good", async () => {
    const gentle = shell('trap "echo asked; exit 0" TERM; echo up; while :; do sleep 0.05; done');
    await createPod(client, "gentle", { containers: [gentle] });
    const log = "/api/v1/namespaces/default/pods/gentle/log";
    // It runs before its shell has set the trap; a pod that does not run yet has no log.
    await eventually(async () => ((await client.text(log).catch(() => "")) === "up\n" ? true : undefined));
    const followed = client.text(log, { query: { follow: true } });
    await createPod(client, "stubborn", { containers: [shell('trap "" TERM; while :; do sleep 1; done')] });
    await eventually(async () => (await podNow("stubborn")).status.containerStatuses?.[0]?.state.running);
    const remove = { kind: "DeleteOptions", apiVersion: "v1", gracePeriodSeconds: 1 };
    await client.delete("/api/v1/namespaces/default/pods/stubborn", remove);
    await client.delete("/api/v1/namespaces/default/pods/gentle", { ...remove, gracePeriodSeconds: 30 });
    assert.equal(await followed, "up\nasked\n");
    for (const name of ["gentle", "stubborn"]) {
      await eventually(async () => ((await client.find(`/api/v1/namespaces/default/pods/${name}`)) ? undefined : true));
    }
  });

  it("shows containers neither the host's private directories nor the lab's", async () => {
    const script = `ls -A /root /home /var/tmp; ls ${cluster.directory} 2>&1; touch /etc/written && echo writable`;
    const log = await runShell(client, "hidden", script);
    assert.match(log, /No such file or directory\nwritable\n$/);
    assert.equal(statSync("/etc/written", { throwIfNoEntry: false }), undefined, "the host's file system is not");
  });
});
