/** The part of the package for AKS: `import { AksOidcRunner } from "pulumi-oidc-runner/aks"` types no package of another cloud. */
export * from "./components/aks/aks-oidc-runner";
