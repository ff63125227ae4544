export { type GcpSts, startGcpSts } from "./sts";
