export { type CiInitOptions, ciInit } from "./init";
