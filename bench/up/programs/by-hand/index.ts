// What runners are made of, without this package: a ServiceAccount, a ConfigMap and a Job each and the scripts of all, the very
// objects that runners make, and for each cluster its issuer with one policy for all. Nothing is checked, proven or waited for.
import { readFileSync } from "node:fs";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Objects } from "../../objects";
import type { Wanted } from "../../wanted";
import { IssuerWithPolicy } from "./issuer-with-policy";

const config = new pulumi.Config();
const { organization, namespace, clusters } = config.requireObject<Wanted>("wanted");
const template = readFileSync(config.require("objects"), "utf8");

for (const { issuerUrl, jwks, runners } of clusters) {
  const objectsOf = (runner: string) => {
    const place = { ORGANIZATION: organization, NAMESPACE: namespace, ISSUER: issuerUrl };
    const names = { ...place, RUNNER: runner, SCRIPTS: "scripts" };
    const text = Object.entries(names).reduce((all, [name, value]) => all.replaceAll(`@${name}@`, value), template);
    return JSON.parse(text) as Objects;
  };
  const made = runners.map((runner) => ({ runner, objects: objectsOf(runner) }));
  // Runners that share a definition have the same one each.
  const definitions = new Set(made.map(({ objects }) => JSON.stringify(objects.definition)));
  const issuer = new IssuerWithPolicy(issuerUrl, {
    organization,
    url: issuerUrl,
    jwks,
    definitions: [...definitions].map((definition) => JSON.parse(definition) as object),
  });
  const scripts = made[0]?.objects.scripts.map(
    (object, index) => new k8s.core.v1.ConfigMap(`scripts-${index}`, object),
  );
  for (const { runner, objects } of made) {
    const serviceAccount = new k8s.core.v1.ServiceAccount(runner, objects.serviceAccount);
    new k8s.core.v1.ConfigMap(runner, objects.configMap);
    new k8s.batch.v1.Job(runner, objects.job, { dependsOn: [serviceAccount, issuer, ...(scripts ?? [])] });
  }
}
