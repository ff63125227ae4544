export { resolvePulumiCli } from "./pulumi-cli";
