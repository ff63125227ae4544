export { type Ci, type Job, type JobRequest, startCi } from "./ci";
export { ciControlRoutes } from "./control";
export { type PipelineResult, type PipelineRun, readPipeline, runPipeline } from "./run-pipeline";
export { CI_KEYS, type CiKey, ciSystem, givenClaims, jobClaims, type Pipeline } from "./systems";
