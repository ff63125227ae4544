export { checkNewNamespace, createNamespace, type OncePerNamespace, oncePerNamespace, sharedLabels } from "./namespace";
export {
  configMapClass,
  createLastingConfigMap,
  type KubernetesClass,
  type LastingContext,
  makeServiceAccount,
  type ObjectContext,
} from "./objects";
