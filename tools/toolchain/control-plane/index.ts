export { resolveControlPlane } from "./control-plane";
