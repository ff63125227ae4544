export { dyingWithParent, isolatedCommand } from "./isolated-command";
export { detectIsolationMode, type IsolationMode, isolationMode, type Probe } from "./isolation-mode";
export { ownsAllUsers } from "./user-mapping";
