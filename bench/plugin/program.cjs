// A program in TypeScript, compiled, with some runners, without a language host: node program.cjs ENGINE COUNT
// Prints a line when it is ready to make them, and one when all are made.
const [engine, count] = process.argv.slice(2);
const pulumi = require("@pulumi/pulumi");
const { KubernetesOidcRunner } = require("pulumi-oidc-runner");
pulumi.runtime.resetOptions("bench", "bench", -1, engine, engine, false, "acme");
console.log("ready");
const made = Array.from({ length: Number(count) }, (_, index) => {
  const cluster = { issuerUrl: "https://cluster.example.com" };
  const args = { organization: "acme", accessToken: { organization: {} }, cluster, namespace: "ci" };
  return new KubernetesOidcRunner(`runner-${index}`, { ...args, serviceAccountName: `runner-${index}` }).workloadName;
});
pulumi.all(made).apply(() => {
  console.log("made");
  setInterval(() => undefined, 1000);
});
