export { type Defaults, type NativeResource, nativeResources, type ResourceUrn } from "./resources";
