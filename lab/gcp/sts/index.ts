export { type GcpSts, startGcpSts } from "./sts";
export { verifyToken } from "./verify-token";
