export { grantsOfRun, makeGrants } from "./grants";
