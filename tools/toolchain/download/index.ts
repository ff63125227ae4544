export { isReachable, RouteUnavailable, withoutUserInfo } from "./download";
export { downloadOfficial, type OfficialFile } from "./official-file";
export { type Checksums, fillUrl, GO_ARCH, type Pins, pins } from "./pinned";
export { unpack } from "./unpack";
