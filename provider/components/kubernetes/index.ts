export { checkNewNamespace, createNamespace } from "./namespace";
export {
  configMapClass,
  createLastingConfigMap,
  type KubernetesClass,
  makeServiceAccount,
  type ObjectContext,
} from "./objects";
