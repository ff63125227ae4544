import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

/** Kubernetes objects by logical name, as in a manifest. */
type Manifests = Record<string, { kind: keyof typeof CLASSES } & Record<string, unknown>>;

const CLASSES = {
  ConfigMap: kubernetes.core.v1.ConfigMap,
  Deployment: kubernetes.apps.v1.Deployment,
  Job: kubernetes.batch.v1.Job,
  Secret: kubernetes.core.v1.Secret,
  Service: kubernetes.core.v1.Service,
};

const manifests = new pulumi.Config().requireObject<Manifests>("objects");
for (const [name, { kind, ...args }] of Object.entries(manifests)) {
  new (CLASSES[kind] as new (name: string, args: object) => pulumi.Resource)(name, args);
}
