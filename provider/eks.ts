/** The part of the package for EKS: `import { EksOidcRunner } from "pulumi-oidc-runner/eks"` types no Google package. */
export * from "./components/eks/eks-oidc-runner";
