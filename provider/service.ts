/** Services that verify pods: `import { VerifiedService } from "pulumi-oidc-runner/service"` types no package of a cloud. */
export * from "./components/service/verified-service";
