export { serveRunService } from "./run";
export { defaultRunSwitches, type RunSwitches } from "./switches";
