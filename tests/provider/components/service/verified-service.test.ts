import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { VerifiedService, type VerifiedServiceArgs } from "../../../../provider/components/service/verified-service";
import { OidcRunnerError } from "../../../../trust/errors";
import type { VerifierDocument } from "../../../../trust/parties/service";
import { type MockedRun, runProgram } from "../../../helpers/pulumi-mocks";

const ISSUER = "https://kubernetes.example.com";
const GKE = "https://container.googleapis.com/v1/projects/acme-prod/locations/europe-west1/clusters/prod";
const BASE: VerifiedServiceArgs = {
  image: "registry.example.com/orders:1",
  namespace: "shop",
  cluster: { kubernetes: { issuerUrl: ISSUER } },
  allow: [{ namespace: "id-namespace", serviceAccountName: "gke-sa" }],
};

const service = (args: Partial<VerifiedServiceArgs> = {}) => new VerifiedService("orders", { ...BASE, ...args });
/** Kubernetes' provider names what has no name. */
const state = ({ name, inputs }: { name: string; inputs: { metadata?: object } }) => ({
  metadata: { name, uid: `${name}-uid`, ...inputs.metadata },
});
const made = (args?: Partial<VerifiedServiceArgs>, options = {}) =>
  runProgram(() => service(args), { state, ...options });
const inputsOf = (run: MockedRun<unknown>, type: string, name = "orders") => {
  const found = run.resources.find((resource) => resource.type === `kubernetes:${type}` && resource.name === name);
  return (found ?? assert.fail(`no ${type} ${name}`)).inputs as Record<string, never>;
};
const types = (run: MockedRun<unknown>) => run.resources.map(({ type, name }) => `${type} ${name}`);
const podOf = (run: MockedRun<unknown>) => {
  const { spec } = inputsOf(run, "apps/v1:Deployment") as unknown as {
    spec: { template: { spec: Record<string, unknown> & { containers: Record<string, unknown>[] } } };
  };
  return spec.template.spec;
};
const documentOf = (run: MockedRun<unknown>) => {
  const { data } = inputsOf(run, "core/v1:ConfigMap") as unknown as { data: Record<string, string> };
  return JSON.parse(data["verifier.json"] ?? "") as VerifierDocument;
};
const codeOf = (error: unknown) => (error instanceof OidcRunnerError ? error.code : String(error));

/** What a program is refused with before anything is registered. */
async function refusedWith(args: Partial<VerifiedServiceArgs>): Promise<string> {
  const run = await made(args);
  assert.deepEqual(run.resources, [], "nothing is registered");
  return run.errors.map(codeOf).join();
}

describe("VerifiedService", () => {
  it("makes a server whose pods know whose tokens to accept", async () => {
    const run = await made();
    assert.deepEqual(run.errors, []);
    assert.deepEqual(types(run), [
      "kubernetes:apps/v1:Deployment orders",
      "kubernetes:core/v1:ConfigMap orders",
      "kubernetes:core/v1:ConfigMap orders-owner",
      "kubernetes:core/v1:Service orders",
      "kubernetes:core/v1:ServiceAccount orders",
      "oidc-runner:index:VerifiedService orders",
    ]);
    const allowed = { issuer: ISSUER, namespace: "id-namespace", serviceAccountName: "gke-sa" };
    assert.deepEqual(documentOf(run), {
      issuers: [{ issuer: ISSUER }],
      audience: "https://orders.shop.svc",
      allow: [allowed],
    });
    const selector = { "app.kubernetes.io/name": "verified-service", "app.kubernetes.io/instance": "orders" };
    assert.deepEqual(inputsOf(run, "core/v1:Service"), {
      apiVersion: "v1",
      kind: "Service",
      metadata: {
        name: "orders",
        namespace: "shop",
        labels: { ...selector, "app.kubernetes.io/managed-by": "pulumi" },
        annotations: { "pulumi.com/skipAwait": "true" },
      },
      spec: { selector, ports: [{ name: "http", port: 80, targetPort: "http", protocol: "TCP" }], type: "ClusterIP" },
    });
    assert.deepEqual(podOf(run), {
      serviceAccountName: "orders",
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      restartPolicy: "Always",
      terminationGracePeriodSeconds: 30,
      nodeSelector: { "kubernetes.io/os": "linux" },
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65532,
        runAsGroup: 65532,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [
        {
          name: "server",
          image: "registry.example.com/orders:1",
          env: [
            { name: "HOME", value: "/tmp" },
            { name: "TMPDIR", value: "/tmp" },
            { name: "PORT", value: "8080" },
            { name: "OIDC_RUNNER_VERIFIER_FILE", value: "/etc/oidc-runner/verifier.json" },
          ],
          ports: [{ name: "http", containerPort: 8080, protocol: "TCP" }],
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
          terminationMessagePolicy: "FallbackToLogsOnError",
          readinessProbe: { tcpSocket: { port: "http" } },
          volumeMounts: [
            { name: "verifier", mountPath: "/etc/oidc-runner", readOnly: true },
            { name: "home", mountPath: "/tmp" },
          ],
        },
      ],
      volumes: [
        { name: "verifier", configMap: { name: "orders" } },
        { name: "home", emptyDir: {} },
      ],
    });
  });

  it("takes issuers of clusters however they are given, and Google's beside them", async () => {
    const gke = { project: "acme-prod", location: "europe-west1", name: "prod" };
    const emails = ["gke-gsa@acme-prod.iam.gserviceaccount.com", "12-compute@developer.gserviceaccount.com"];
    const run = await made({ cluster: { gke }, google: { serviceAccountEmails: emails } });
    assert.deepEqual(documentOf(run), {
      issuers: [
        { issuer: GKE },
        { issuer: "https://accounts.google.com", jwksOrigins: ["https://www.googleapis.com"] },
      ],
      audience: "https://orders.shop.svc",
      allow: [
        { issuer: GKE, namespace: "id-namespace", serviceAccountName: "gke-sa" },
        ...emails.map((email) => ({
          issuer: "https://accounts.google.com",
          rules: { email, email_verified: "true" },
        })),
      ],
    });
    const alone = await made({
      cluster: undefined,
      allow: undefined,
      google: { serviceAccountEmails: emails.slice(0, 1) },
    });
    assert.deepEqual(
      documentOf(alone).issuers.map(({ issuer }) => issuer),
      ["https://accounts.google.com"],
    );
    const eks = await made(
      { cluster: { eks: { name: "prod" } } },
      { call: () => ({ identities: [{ oidcs: [{ issuer: "https://oidc.eks.eu-west-1.amazonaws.com/id/AB" }] }] }) },
    );
    assert.equal(documentOf(eks).issuers[0]?.issuer, "https://oidc.eks.eu-west-1.amazonaws.com/id/AB");
    const elsewhere = await made({
      cluster: { kubernetes: { issuerUrl: ISSUER }, discoveryUrl: "https://keys.example.com/d" },
    });
    assert.deepEqual(documentOf(elsewhere).issuers, [{ issuer: ISSUER, discoveryUrl: "https://keys.example.com/d" }]);
  });

  it("gives a pod a token of the Kubernetes API only where it asks about tokens, and no more rights than that", async () => {
    const issuerUrl = "https://kubernetes.default.svc.cluster.local";
    const run = await made({
      cluster: { kubernetes: { issuerUrl }, jwksFromApiServer: true },
      tokenReview: { cacheSeconds: 30 },
    });
    assert.deepEqual(run.errors, []);
    assert.equal(podOf(run).automountServiceAccountToken, true);
    assert.deepEqual(documentOf(run).issuers, [
      { issuer: issuerUrl, jwksFromApiServer: true, tokenReview: { cacheSeconds: 30 } },
    ]);
    const rbac = "rbac.authorization.k8s.io/v1";
    assert.deepEqual((inputsOf(run, `${rbac}:ClusterRole`) as { rules?: unknown }).rules, [
      { apiGroups: ["authentication.k8s.io"], resources: ["tokenreviews"], verbs: ["create"] },
    ]);
    assert.deepEqual((inputsOf(run, `${rbac}:ClusterRoleBinding`) as { subjects?: unknown }).subjects, [
      { kind: "ServiceAccount", name: "orders", namespace: "shop" },
    ]);
    const keys = await made({ cluster: { kubernetes: { issuerUrl }, jwksFromApiServer: true } });
    assert.equal(podOf(keys).automountServiceAccountToken, true);
    assert.ok(!types(keys).some((type) => type.includes("rbac")), "reading keys needs no right of its own");
  });

  it("lets only the callers' namespaces and given peers connect", async () => {
    const run = await made({
      allow: [{ namespace: "b" }, { namespace: "a" }, { namespace: "b", serviceAccountName: "x" }],
      networkPolicy: { from: [{ ipBlock: { cidr: "10.0.0.0/8" } }] },
    });
    const { spec } = inputsOf(run, "networking.k8s.io/v1:NetworkPolicy") as unknown as { spec: unknown };
    assert.deepEqual(spec, {
      podSelector: {
        matchLabels: { "app.kubernetes.io/name": "verified-service", "app.kubernetes.io/instance": "orders" },
      },
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: [
            {
              namespaceSelector: {
                matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "In", values: ["a", "b"] }],
              },
            },
            { ipBlock: { cidr: "10.0.0.0/8" } },
          ],
          ports: [{ port: "http", protocol: "TCP" }],
        },
      ],
    });
  });

  it("takes the settings of its server", async () => {
    const run = await made({
      createNamespace: true,
      serviceName: "api",
      servicePort: 8443,
      port: 3000,
      replicas: 3,
      strategy: { type: "Recreate" },
      audience: "https://api.example.com",
      tls: { secretName: "api-tls" },
      readinessProbe: { path: "/ready", periodSeconds: 2 },
      livenessProbe: { path: "/live" },
      command: ["node", "server.mjs"],
      env: { LOG: "debug", HOME: "/home" },
      secretEnv: { DATABASE: { name: "db", key: "url" } },
      resources: { requests: { cpu: "100m" } },
      tolerations: [{ key: "spot", operator: "Exists" }],
      nodeSelector: { disk: "ssd" },
      labels: { team: "shop" },
      caCertificates: "PEM",
      podTemplate: { spec: { imagePullSecrets: [{ name: "registry" }] } },
    });
    assert.deepEqual(run.errors, []);
    const { spec } = inputsOf(run, "apps/v1:Deployment") as unknown as { spec: Record<string, unknown> };
    assert.deepEqual([spec.replicas, spec.strategy], [3, { type: "Recreate" }]);
    const pod = podOf(run);
    const [container = {}] = pod.containers;
    assert.deepEqual(container.readinessProbe, {
      httpGet: { path: "/ready", port: "http", scheme: "HTTPS" },
      periodSeconds: 2,
    });
    assert.deepEqual(container.livenessProbe, { httpGet: { path: "/live", port: "http", scheme: "HTTPS" } });
    assert.deepEqual(container.env, [
      { name: "HOME", value: "/home" },
      { name: "TMPDIR", value: "/tmp" },
      { name: "LOG", value: "debug" },
      { name: "PORT", value: "3000" },
      { name: "OIDC_RUNNER_VERIFIER_FILE", value: "/etc/oidc-runner/verifier.json" },
      { name: "NODE_EXTRA_CA_CERTS", value: "/etc/oidc-runner/ca.crt" },
      { name: "OIDC_RUNNER_TLS_DIRECTORY", value: "/var/run/oidc-runner/tls" },
      { name: "DATABASE", valueFrom: { secretKeyRef: { name: "db", key: "url" } } },
    ]);
    assert.deepEqual([container.command, container.resources], [["node", "server.mjs"], { requests: { cpu: "100m" } }]);
    assert.deepEqual(pod.nodeSelector, { "kubernetes.io/os": "linux", disk: "ssd" });
    assert.deepEqual(pod.imagePullSecrets, [{ name: "registry" }]);
    assert.deepEqual((pod.volumes as { name: string }[]).map(({ name }) => name).sort(), ["home", "tls", "verifier"]);
    assert.equal(documentOf(run).audience, "https://api.example.com");
    const ports = (inputsOf(run, "core/v1:Service") as unknown as { spec: { ports: { port: number }[] } }).spec.ports;
    assert.equal(ports[0]?.port, 8443);
    const namespace = inputsOf(run, "core/v1:Namespace", "shop") as unknown as {
      metadata: { labels: Record<string, string> };
    };
    assert.equal(namespace.metadata.labels["pod-security.kubernetes.io/enforce"], "restricted");
    const { data } = inputsOf(run, "core/v1:ConfigMap") as unknown as { data: Record<string, string> };
    assert.equal(data["ca.crt"], "PEM");
  });

  it("uses a ServiceAccount that is there, and gives its children the options of the component", async () => {
    const run = await runProgram(
      () =>
        new VerifiedService(
          "orders",
          { ...BASE, createServiceAccount: false, serviceAccountName: "theirs" },
          { customTimeouts: { create: "3m" } },
        ),
    );
    assert.ok(!types(run).some((type) => type.includes("ServiceAccount")));
    assert.equal(podOf(run).serviceAccountName, "theirs");
    for (const { type, name } of run.resources.filter(({ parent }) => parent !== undefined)) {
      assert.equal(run.engineOptions.get(`${type} ${name}`)?.customTimeouts?.create, "3m", type);
    }
  });

  it("is what its outputs say", async () => {
    const run = await runProgram(
      () => {
        const { serviceName, workloadName, serviceAccountName, namespace, audience, issuerUrl } = service();
        return { serviceName, workloadName, serviceAccountName, namespace, audience, issuerUrl };
      },
      { state },
    );
    assert.deepEqual(run.outputs, {
      workloadName: "orders",
      serviceName: "orders",
      serviceAccountName: "orders",
      namespace: "shop",
      audience: "https://orders.shop.svc",
      issuerUrl: ISSUER,
    });
  });

  it("warns of the namespace that others may use too", async () => {
    assert.match((await made({ namespace: undefined })).log.join(), /NAMESPACE_DEFAULT/);
    assert.deepEqual((await made()).log, []);
  });

  const REFUSED: [what: string, args: Partial<VerifiedServiceArgs>, code: string][] = [
    ["nobody may call", { allow: undefined, cluster: undefined }, "OPTION_MISSING"],
    ["an empty list", { allow: [] }, "OPTION_MISSING"],
    ["callers of no cluster", { cluster: undefined }, "OPTION_MISSING"],
    ["a cluster without callers", { allow: undefined }, "OPTION_MISSING"],
    ["a cluster given in no way", { cluster: {} as never }, "OPTION_MISSING"],
    [
      "a cluster given in two ways",
      { cluster: { kubernetes: { issuerUrl: ISSUER }, eks: { name: "prod" } } as never },
      "OPTION_CONFLICT",
    ],
    [
      "keys from two places",
      {
        cluster: {
          kubernetes: { issuerUrl: ISSUER },
          jwksFromApiServer: true,
          discoveryUrl: "https://keys.example.com",
        },
      },
      "OPTION_CONFLICT",
    ],
    ["another system's issuer", { cluster: { githubActions: {} } as never }, "ARGUMENT_UNKNOWN"],
    [
      "the default issuer, whose keys could be any cluster's",
      { cluster: { kubernetes: { issuerUrl: "https://kubernetes.default.svc" } } },
      "ISSUER_URL_SHARED",
    ],
    ["an issuer that is none", { cluster: { kubernetes: { issuerUrl: "kubernetes" } } }, "ISSUER_URL_INVALID"],
    [
      "keys in the clear",
      { cluster: { kubernetes: { issuerUrl: ISSUER }, discoveryUrl: "http://keys.example.com" } },
      "API_URL_INSECURE",
    ],
    ["a ServiceAccount of any namespace", { allow: [{ serviceAccountName: "gke-sa" }] }, "OPTION_MISSING"],
    ["a pattern as a namespace", { allow: [{ namespace: "*" }] }, "NAMESPACE_INVALID"],
    ["every namespace by a rule", { allow: [{ rules: { sub: "system:serviceaccount:*" } }] }, "POLICY_LINT"],
    ["a rule that says nothing", { allow: [{ rules: { sub: "*" } }] }, "PATTERN_WITHOUT_LITERAL"],
    [
      "a bad entry beside one that is not known",
      { allow: [{ namespace: pulumi.output("shop") }, { namespace: "*" }] },
      "NAMESPACE_INVALID",
    ],
    ["Google service accounts, none", { google: { serviceAccountEmails: [] } }, "OPTION_MISSING"],
    ["a person", { google: { serviceAccountEmails: ["ann@example.com"] } }, "GOOGLE_EMAIL_INVALID"],
    [
      "any service account",
      { google: { serviceAccountEmails: ["*@acme.iam.gserviceaccount.com"] } },
      "GOOGLE_EMAIL_INVALID",
    ],
    [
      "a domain that only ends alike",
      { google: { serviceAccountEmails: ["a@acme.evilgserviceaccount.com"] } },
      "GOOGLE_EMAIL_INVALID",
    ],
    ["no image", { image: undefined as never }, "OPTION_MISSING"],
    ["an empty audience", { audience: "" }, "OPTION_INVALID"],
    ["a long memory of reviews", { tokenReview: { cacheSeconds: 301 } }, "OPTION_INVALID"],
    ["a name that no Service has", { serviceName: "Orders" }, "SERVICE_INVALID"],
    ["a port of root", { port: 80 }, "SERVICE_INVALID"],
    ["a port that is none", { servicePort: 70_000 }, "SERVICE_INVALID"],
    ["a path that is none", { readinessProbe: { path: "ready" } }, "SERVICE_INVALID"],
    ["a probe all the time", { livenessProbe: { periodSeconds: 0 } }, "SERVICE_INVALID"],
    ["half a pod", { replicas: 1.5 }, "DEPLOYMENT_INVALID"],
    ["no Secret", { tls: {} as never }, "OPTION_MISSING"],
    [
      "a network policy for nobody",
      { allow: [{ rules: { sub: "system:serviceaccount:shop:*" } }], networkPolicy: {} },
      "OPTION_MISSING",
    ],
    ["a variable of its own", { env: { OIDC_RUNNER_VERIFIER_FILE: "/tmp/mine" } }, "ENV_RESERVED"],
    ["its port as a variable", { env: { PORT: "1" } }, "ENV_RESERVED"],
    ["a stored token", { secretEnv: { PULUMI_ACCESS_TOKEN: { name: "a", key: "b" } } }, "ENV_STORED_TOKEN"],
    ["a variable twice", { env: { A: "1" }, secretEnv: { A: { name: "a", key: "b" } } }, "ENV_TWICE"],
    ["a label of its own", { labels: { "app.kubernetes.io/name": "x" } }, "LABEL_INVALID"],
    ["the namespace of everybody, made", { namespace: undefined, createNamespace: true }, "NAMESPACE_INVALID"],
    ["nobody's ServiceAccount", { createServiceAccount: false }, "OPTION_MISSING"],
    [
      "another list of callers by the template",
      { podTemplate: { spec: { volumes: [{ name: "verifier", emptyDir: {} }] } } },
      "POD_TEMPLATE_TRUST",
    ],
    [
      "another file by the template",
      {
        podTemplate: {
          spec: { containers: [{ name: "server", env: [{ name: "OIDC_RUNNER_VERIFIER_FILE", value: "/x" }] }] },
        },
      },
      "ENV_RESERVED",
    ],
  ];
  for (const [what, args, code] of REFUSED) {
    it(`refuses ${what} before anything is registered`, async () => {
      assert.equal(await refusedWith(args), code);
    });
  }

  it("makes nothing when a value turns out bad during the update", async () => {
    const late: Partial<VerifiedServiceArgs>[] = [
      { allow: pulumi.output([{ namespace: "*" }]) },
      { image: pulumi.output("") },
      { cluster: { kubernetes: { issuerUrl: pulumi.output("https://kubernetes.default.svc") } } },
      { allow: pulumi.output([{ rules: { sub: "system:serviceaccount:shop:*" } }]), networkPolicy: {} },
      { google: { serviceAccountEmails: pulumi.output(["ann@example.com"]) } },
    ];
    for (const args of late) {
      const run = await made(args);
      assert.deepEqual(types(run), ["oidc-runner:index:VerifiedService orders"]);
      assert.ok(run.errors.length > 0 && run.errors.every((error) => error instanceof OidcRunnerError));
    }
  });

  it("is shown by a preview that does not know everything yet", async () => {
    const run = await made({ image: pulumi.output(pulumi.unknown as unknown as string) }, { preview: true });
    assert.deepEqual(run.errors, []);
    assert.equal(run.resources.length, 6);
  });
});
