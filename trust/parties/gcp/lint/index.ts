export { lintGcpTrust } from "./lint";
