export { type Ci, type Job, type JobRequest, startCi } from "./ci";
export { ciControlRoutes } from "./control";
export { CI_KEYS, type CiKey } from "./systems";
