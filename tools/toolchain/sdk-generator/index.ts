export { resolveSdkGenerator } from "./sdk-generator";
