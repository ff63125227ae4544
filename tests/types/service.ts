import type { ManagedCluster as AksResource } from "@pulumi/azure-native/containerservice/managedCluster";
import type { Cluster as GkeResource } from "@pulumi/gcp/container/cluster";
import type * as pulumi from "@pulumi/pulumi";
import type * as root from "../../provider";
import type * as entry from "../../provider/service";
import { same } from "./exact";

declare const text: pulumi.Output<string>;
declare const gke: GkeResource;
declare const aks: AksResource;
declare function service(args: root.VerifiedServiceArgs): void;

same<typeof entry.VerifiedService, typeof root.VerifiedService>();
same<ConstructorParameters<typeof root.VerifiedService>[1], root.VerifiedServiceArgs>();

// The least there is.
const allow = [{ namespace: "shop" }];
service({ image: "a", cluster: { eks: { name: "prod" } }, allow });
service({ image: "a", google: { serviceAccountEmails: ["a@b.iam.gserviceaccount.com"] } });
// Clusters as resources, and Outputs.
service({ image: text, cluster: { gke }, allow: [{ namespace: text, serviceAccountName: text }] });
service({ image: text, cluster: { aks, discoveryUrl: text }, allow, audience: text, tokenReview: { cacheSeconds: 5 } });
service({
  image: "a",
  cluster: { kubernetes: { issuerUrl: text }, jwksFromApiServer: true },
  allow,
  networkPolicy: {},
});
// @ts-expect-error no image
service({ cluster: { eks: { name: "prod" } }, allow });
// @ts-expect-error two clusters
service({ image: "a", cluster: { eks: { name: "prod" }, kubernetes: { issuerUrl: text } }, allow });
// @ts-expect-error no cluster in it
service({ image: "a", cluster: { discoveryUrl: text }, allow });
// @ts-expect-error an issuer that is no cluster's
service({ image: "a", cluster: { githubActions: {} }, allow });
// @ts-expect-error whether keys come from the API server decides what is made
service({ image: "a", cluster: { eks: { name: "prod" }, jwksFromApiServer: text }, allow });
