export { dyingWithParent, isolatedCommand } from "./isolated-command";
export { detectIsolationMode, isolationMode } from "./isolation-mode";
export { ownsAllUsers } from "./user-mapping";
