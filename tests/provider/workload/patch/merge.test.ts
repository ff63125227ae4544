import assert from "node:assert/strict";
import type { PodTemplatePatch } from "../../../../provider/workload/patch/check";
import { mergePodTemplate } from "../../../../provider/workload/patch/merge";
import { podTemplate } from "../../../../provider/workload/pod/template";
import { refused } from "../../../helpers/refused";
import { IDENTITY, OPTIONS, type Pod } from "../pod/pod";

const OURS = podTemplate({ ...OPTIONS, identity: IDENTITY });
const merge = (patch: PodTemplatePatch) => mergePodTemplate(OURS, patch) as unknown as Pod & { metadata: object };
const runner = (fields: object) => ({ spec: { containers: [{ name: "runner", ...fields }] } });

describe("provider/workload/patch/merge", () => {
  it("changes nothing when nothing is asked for", () => {
    assert.deepEqual(merge({}), OURS);
    assert.deepEqual(merge({ metadata: {}, spec: {} }), OURS);
  });

  it("adds labels, annotations, scheduling, sidecars, volumes and variables", () => {
    const merged = merge({
      metadata: { labels: { team: "web" }, annotations: { note: "x" } },
      spec: {
        priorityClassName: "high",
        imagePullSecrets: [{ name: "registry" }],
        volumes: [{ name: "cache", persistentVolumeClaim: { claimName: "cache" } }],
        containers: [
          {
            name: "runner",
            env: [{ name: "STAGE", value: "prod" }],
            volumeMounts: [{ name: "cache", mountPath: "/cache" }],
          },
          { name: "proxy", image: "proxy:1" },
        ],
      },
    });
    assert.deepEqual(merged.metadata, { labels: { app: "x", team: "web" }, annotations: { note: "x" } });
    assert.deepEqual([merged.spec.priorityClassName, merged.spec.imagePullSecrets], ["high", [{ name: "registry" }]]);
    const [ours, proxy] = merged.spec.containers;
    const [before] = (OURS as unknown as Pod).spec.containers;
    assert.deepEqual(proxy, { name: "proxy", image: "proxy:1" });
    assert.deepEqual(ours?.env, [...(before?.env ?? []), { name: "STAGE", value: "prod" }]);
    assert.deepEqual(ours?.command, before?.command);
    assert.deepEqual(merged.spec.volumes.at(-1), { name: "cache", persistentVolumeClaim: { claimName: "cache" } });
    assert.equal(merged.spec.volumes.length, (OURS.spec.volumes as unknown[]).length + 1);
  });

  it("lets the writable directory be another one, and the grace period", () => {
    const merged = merge({
      spec: { terminationGracePeriodSeconds: 300, volumes: [{ name: "home", emptyDir: { sizeLimit: "1Gi" } }] },
    });
    assert.equal(merged.spec.terminationGracePeriodSeconds, 300);
    const home = merged.spec.volumes.find(({ name }) => name === "home");
    assert.deepEqual(home, { name: "home", emptyDir: { sizeLimit: "1Gi" } });
  });

  // What is refused, and its near miss.
  const refusals: [string, PodTemplatePatch, string, PodTemplatePatch][] = [
    [
      "another ServiceAccount",
      { spec: { serviceAccountName: "other" } },
      "spec.serviceAccountName",
      { spec: { serviceAccountName: "deployer" } },
    ],
    [
      "another ServiceAccount by its old name",
      { spec: { serviceAccount: "other" } },
      "spec.serviceAccount",
      { spec: { serviceAccount: "deployer" } },
    ],
    ["no ServiceAccount", { spec: { serviceAccountName: null } }, "spec.serviceAccountName", {}],
    ["no containers", { spec: { containers: null } }, "spec.containers", { spec: { initContainers: null } }],
    ["no volumes", { spec: { volumes: null } }, "spec.volumes", { spec: { nodeSelector: null } }],
    [
      "another token",
      { spec: { volumes: [{ name: "pulumi-token", emptyDir: {} }] } },
      "spec.volumes[0]",
      { spec: { volumes: [{ name: "pulumi-token2", emptyDir: {} }] } },
    ],
    [
      "another cloud token",
      { spec: { volumes: [{ name: "aws-iam-token", emptyDir: {} }] } },
      "spec.volumes[0]",
      { spec: { volumes: [{ name: "home", emptyDir: {} }] } },
    ],
    [
      "another entrypoint",
      { spec: { volumes: [{ name: "x" }, { name: "entrypoint", configMap: { name: "x" } }] } },
      "spec.volumes[1]",
      { spec: { volumes: [{ name: "x" }] } },
    ],
    [
      "another command",
      runner({ command: ["sh"] }),
      "spec.containers[0].command",
      { spec: { containers: [{ name: "other", command: ["sh"] }] } },
    ],
    [
      "other arguments",
      runner({ args: ["sh"] }),
      "spec.containers[0].args",
      { spec: { initContainers: [{ name: "runner2", args: ["sh"] }] } },
    ],
    ["no variables", runner({ env: null }), "spec.containers[0].env", runner({ envFrom: null })],
    ["no mounts", runner({ volumeMounts: null }), "spec.containers[0].volumeMounts", runner({ livenessProbe: null })],
    [
      "a mount over the token",
      runner({ volumeMounts: [{ name: "home", mountPath: "/var/run/secrets/pulumi" }] }),
      "spec.containers[0].volumeMounts[0]",
      runner({ volumeMounts: [{ name: "home", mountPath: "/var/run/secrets/pulumi2" }] }),
    ],
    [
      "a mount over the token's file",
      runner({ volumeMounts: [{ name: "home", mountPath: "/var/run/secrets/pulumi/token" }] }),
      "spec.containers[0].volumeMounts[0]",
      runner({ volumeMounts: [{ name: "home", mountPath: "/tmp/x" }] }),
    ],
    [
      "a mount above the token",
      runner({ volumeMounts: [{ name: "home", mountPath: "/run/secrets/" }] }),
      "spec.containers[0].volumeMounts[0]",
      runner({ volumeMounts: [{ name: "home", mountPath: "/run/secrets2/" }] }),
    ],
    [
      "a mount over it in other words",
      runner({ volumeMounts: [{ name: "home", mountPath: "//opt/./x/../oidc-runner" }] }),
      "spec.containers[0].volumeMounts[0]",
      runner({ volumeMounts: [{ name: "home", mountPath: "/opt/oidc-runners" }] }),
    ],
  ];
  for (const [what, patch, where, nearMiss] of refusals) {
    it(`refuses ${what}`, () => {
      refused(() => merge(patch), "POD_TEMPLATE_TRUST", `podTemplate.${where}`);
      merge(nearMiss);
    });
  }

  it("refuses variables of the exchange, and a stored token in any container", () => {
    const env = (name: string) => ({ env: [{ name, value: "x" }] });
    const other = (name: string) => ({ spec: { initContainers: [{ name: "other", ...env(name) }] } });
    const where = "podTemplate.spec.containers[0].env";
    refused(() => merge(runner(env("OIDC_RUNNER_TOKEN_FILE"))), "ENV_RESERVED", `${where}.OIDC_RUNNER_TOKEN_FILE`);
    refused(() => merge(runner(env("PULUMI_ACCESS_TOKEN"))), "ENV_STORED_TOKEN", `${where}.PULUMI_ACCESS_TOKEN`);
    refused(() => merge(other("PULUMI_ACCESS_TOKEN")), "ENV_STORED_TOKEN");
    merge(other("OIDC_RUNNER_TOKEN_FILE"));
    merge(runner(env("HOME")));
  });

  it("refuses labels that are the runner's, and what is no label", () => {
    const labels = (key: string, value = "x") => merge({ metadata: { labels: { [key]: value } } });
    const where = (key: string) => `podTemplate.metadata.labels["${key}"]`;
    refused(() => labels("app.kubernetes.io/instance"), "LABEL_INVALID", where("app.kubernetes.io/instance"));
    refused(() => labels("a b"), "LABEL_INVALID", where("a b"));
    labels("app.kubernetes.io/part-of");
  });
});
