export { PodReporter } from "./reporter";
export { initialState, type PodState, timestamp } from "./status";
