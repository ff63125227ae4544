export { withAutoname } from "./autoname";
export { body } from "./body";
export { type CloudFunction, cloudProvider } from "./cloud-provider";
export { randomName } from "./random-name";
export type { CloudResource, InputType } from "./resource";
export { ServiceError } from "./service-error";
