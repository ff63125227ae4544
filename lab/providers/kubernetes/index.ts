export { kubernetesProvider } from "./provider";
