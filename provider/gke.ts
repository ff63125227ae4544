/** The part of the package for GKE: `import { GkeOidcRunner } from "pulumi-oidc-runner/gke"` types no AWS package. */
export * from "./components/gke/gke-oidc-runner";
