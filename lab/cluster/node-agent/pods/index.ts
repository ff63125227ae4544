export type { PodReporter } from "./reporter";
export { PodSet } from "./set";
export { timestamp } from "./status";
export type {
  Container,
  ContainerState,
  ContainerStatus,
  DownwardSource,
  EnvVar,
  KeyedSource,
  Pod,
  PodSpec,
  TokenSource,
  Volume,
} from "./types";
export type { PodWorker } from "./worker";
