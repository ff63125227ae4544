import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { VerifiedService } from "../../../../provider/components/service/verified-service";
import { runProgram } from "../../../helpers/pulumi-mocks";
import { changedValue, unknownValue } from "../options/as-output";
import { over, type Row, row, type Tree } from "../options/row";
import { schemaPaths } from "../options/schema-paths";

const NAME = "VerifiedService";
const ISSUER = "https://kubernetes.example.com";
const EKS = "https://oidc.eks.eu-west-1.amazonaws.com/id/AB";
const AKS = "https://westeurope.oic.prod-aks.azure.com/11111111-2222-4333-8444-555555555555/ABC/";
const EMAIL = "gke-gsa@acme-prod.iam.gserviceaccount.com";
const GKE = { project: "acme-prod", location: "europe-west1", name: "prod" };
const BASE: Tree = { image: "a", namespace: "shop", allow: [{ namespace: "callers" }] };
const CLUSTER: Tree = { cluster: { kubernetes: { issuerUrl: ISSUER } } };

/** Options that say nothing by themselves: what is in them has rows, or has them with the runners, which take the same cluster. */
const GROUPS = [
  ...["allow", "cluster", "google", "networkPolicy", "podTemplate", "podTemplate.metadata", "readinessProbe"],
  ...[
    "livenessProbe",
    "resources",
    "secretEnv",
    "strategy",
    "strategy.rollingUpdate",
    "tls",
    "tolerations",
    "tokenReview",
  ],
  ...["cluster.eks", "cluster.gke", "cluster.aks", "cluster.kubernetes"],
];
const OF_RUNNERS = /^(cluster\.(eks|gke|aks)\.|tolerations\.|secretEnv\.)/;

const plain = (path: string, set: Tree, { seen = CLUSTER }: { seen?: Tree } = {}): Row => row(path, set, { seen });
const google = { google: { serviceAccountEmails: [EMAIL] } };

/** Each option with a value, and what it is seen on. */
const ROWS = [
  plain("image", { image: "b" }),
  plain("cluster.kubernetes.issuerUrl", { cluster: { kubernetes: { issuerUrl: "https://other.example.com" } } }),
  plain("cluster.discoveryUrl", { cluster: { discoveryUrl: "https://keys.example.com" } }),
  plain("cluster.jwksFromApiServer", { cluster: { jwksFromApiServer: true } }),
  plain("allow.namespace", { allow: [{ namespace: "others" }] }),
  plain("allow.serviceAccountName", { allow: [{ namespace: "callers", serviceAccountName: "a" }] }),
  plain("allow.rules", { allow: [{ namespace: "callers", rules: { '"kubernetes.io".pod.name': "web-*" } }] }),
  plain("google.serviceAccountEmails", google),
  plain(
    "google.discoveryUrl",
    { google: { discoveryUrl: "https://keys.example.com" } },
    { seen: { ...CLUSTER, ...google } },
  ),
  plain("audience", { audience: "https://orders.example.com" }),
  plain("tokenReview.cacheSeconds", { tokenReview: { cacheSeconds: 5 } }, { seen: { ...CLUSTER, tokenReview: {} } }),
  plain("namespace", { namespace: "other" }),
  plain("createNamespace", { createNamespace: true }),
  plain("serviceName", { serviceName: "api" }),
  plain("serviceAccountName", { serviceAccountName: "server" }),
  plain(
    "createServiceAccount",
    { createServiceAccount: false },
    { seen: { ...CLUSTER, serviceAccountName: "server" } },
  ),
  plain("replicas", { replicas: 2 }),
  plain("strategy.type", { strategy: { type: "Recreate" } }),
  plain("strategy.rollingUpdate.maxSurge", { strategy: { rollingUpdate: { maxSurge: 1 } } }),
  plain("strategy.rollingUpdate.maxUnavailable", { strategy: { rollingUpdate: { maxUnavailable: "50%" } } }),
  plain("port", { port: 3000 }),
  plain("servicePort", { servicePort: 8000 }),
  plain("tls.secretName", { tls: { secretName: "orders-tls" } }),
  ...["readinessProbe", "livenessProbe"].flatMap((probe) =>
    Object.entries({ path: "/", periodSeconds: 2, timeoutSeconds: 3, failureThreshold: 4, initialDelaySeconds: 5 }).map(
      ([name, value]) => plain(`${probe}.${name}`, { [probe]: { [name]: value } }),
    ),
  ),
  plain("networkPolicy.from", { networkPolicy: { from: [{ podSelector: {} }] } }),
  plain("command", { command: ["node", "a.mjs"] }),
  plain("env", { env: { A: "1" } }),
  plain("resources.requests", { resources: { requests: { cpu: "1" } } }),
  plain("resources.limits", { resources: { limits: { cpu: "1" } } }),
  plain("nodeSelector", { nodeSelector: { disk: "ssd" } }),
  plain("labels", { labels: { team: "a" } }),
  plain("podTemplate.metadata.labels", { podTemplate: { metadata: { labels: { a: "b" } } } }),
  plain("podTemplate.metadata.annotations", { podTemplate: { metadata: { annotations: { a: "b" } } } }),
  plain("podTemplate.spec", { podTemplate: { spec: { priorityClassName: "high" } } }),
  plain("caCertificates", { caCertificates: "PEM" }),
];

/** Groups that runners have rows for: one value each shows that they arrive. */
const ARRIVE: [string, Tree, RegExp][] = [
  ["cluster.eks", { cluster: { eks: { issuerUrl: EKS } } }, new RegExp(EKS)],
  ["cluster.gke", { cluster: { gke: GKE } }, /projects\/acme-prod\/locations\/europe-west1\/clusters\/prod/],
  ["cluster.aks", { cluster: { aks: { issuerUrl: AKS } } }, new RegExp(AKS)],
  ["tolerations", { ...CLUSTER, tolerations: [{ key: "spot", operator: "Exists" }] }, /"key":"spot"/],
  [
    "secretEnv",
    { ...CLUSTER, secretEnv: { A: { name: "db", key: "url" } } },
    /"secretKeyRef":\{"key":"url","name":"db"\}/,
  ],
];

async function observe(args: Tree | (() => Tree), preview = false) {
  const state = ({ name, inputs }: { name: string; inputs: { metadata?: object } }) => ({
    metadata: { name, uid: "uid", ...inputs.metadata },
  });
  const run = await runProgram(
    () => new VerifiedService("orders", { ...BASE, ...(typeof args === "function" ? args() : args) } as never),
    { state, preview },
  );
  return { refused: run.errors, made: run.resources.map((resource) => JSON.stringify(resource)).sort(), run };
}

describe("every option of VerifiedService", () => {
  it("has a row here, and every row is an option", () => {
    const { values, groups } = schemaPaths(NAME);
    const wanted = [...values, ...groups].filter((path) => !GROUPS.includes(path) && !OF_RUNNERS.test(path));
    assert.deepEqual(ROWS.map(({ path }) => path).sort(), wanted.sort());
  });

  for (const option of ROWS) {
    const { label, seen, set } = option;
    const whole = over(seen, set);
    const late = changedValue(NAME, option, (value) => pulumi.output(Promise.resolve(value)));

    it(`has an effect: ${label}`, async () => {
      const [without, having] = [await observe(seen), await observe(whole)];
      assert.deepEqual([without.refused, having.refused], [[], []]);
      assert.notDeepEqual(having.made, without.made);
    });

    if (late !== undefined) {
      it(`does as an Output what the value does: ${label}`, async () => {
        const asOutput = () =>
          over(seen, changedValue(NAME, option, (value) => pulumi.output(Promise.resolve(value)))!);
        const [now, then] = [await observe(whole), await observe(asOutput)];
        assert.deepEqual(then.refused, []);
        assert.deepEqual(then.made, now.made);
      });

      it(`shows the same resources in a preview that does not know it: ${label}`, async () => {
        const unknown = () => over(seen, changedValue(NAME, option, unknownValue)!);
        const [now, then] = [await observe(whole, true), await observe(unknown, true)];
        assert.deepEqual(then.refused, []);
        const types = ({ run }: typeof now) =>
          run.resources.flatMap(({ type }) => (type === "test:index:Other" ? [] : type)).sort();
        assert.deepEqual(types(then), types(now));
      });
    }
  }

  for (const [path, args, expected] of ARRIVE) {
    it(`takes what runners take: ${path}`, async () => {
      const { refused, made } = await observe(args);
      assert.deepEqual(refused, []);
      assert.match(made.join().replaceAll("\\", ""), expected);
    });
  }
});
