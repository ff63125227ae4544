export { type PluginOptions, resolveKubernetesPlugin } from "./kubernetes-provider";
