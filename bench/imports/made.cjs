// A program's first moments, in a process of its own: imports what it needs and makes one runner, or the Kubernetes objects
// of one alone, without an engine. Prints what that took.
// node --expose-gc made.cjs runner|by-hand
const MADE = {
  runner() {
    const pulumi = require("@pulumi/pulumi");
    const { KubernetesOidcRunner } = require("pulumi-oidc-runner");
    return (name) => {
      const cluster = { issuerUrl: "https://cluster.example.com" };
      const args = { organization: "acme", accessToken: { organization: {} }, cluster, namespace: "ci" };
      return pulumi.output(new KubernetesOidcRunner(name, args).workloadName);
    };
  },
  "by-hand"() {
    require("@pulumi/pulumi");
    const k8s = require("@pulumi/kubernetes");
    return (name) => {
      const metadata = { name, namespace: "ci" };
      const account = new k8s.core.v1.ServiceAccount(name, { metadata });
      const files = new k8s.core.v1.ConfigMap(name, { metadata, data: { "entrypoint.sh": "exec pulumi whoami" } });
      const containers = [
        { name: "runner", image: "pulumi/pulumi", volumeMounts: [{ name: "files", mountPath: "/opt" }] },
      ];
      const volumes = [{ name: "files", configMap: { name: files.metadata.name } }];
      const spec = { serviceAccountName: name, restartPolicy: "Never", containers, volumes };
      const args = { metadata: { namespace: "ci" }, spec: { template: { spec } } };
      return new k8s.batch.v1.Job(name, args, { dependsOn: [account] }).metadata.name;
    };
  },
};

const begin = process.hrtime.bigint();
const make = MADE[process.argv[2]]();
// The same for both; loaded by now.
require("@pulumi/pulumi").runtime.setMocks({
  newResource: ({ name, inputs }) => ({ id: `${name}-id`, state: { issuerId: "1", adopted: false, ...inputs } }),
  call: () => ({}),
});
make("bench").apply(() => {
  const time = Number(process.hrtime.bigint() - begin) / 1e6;
  const { user, system } = process.cpuUsage();
  const { rss } = process.memoryUsage();
  global.gc();
  const { heapUsed } = process.memoryUsage();
  console.log(JSON.stringify({ time, cpu: (user + system) / 1e3, rss: rss / 1e6, heap: heapUsed / 1e6 }));
});
