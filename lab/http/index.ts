export { FaultRegistry } from "./faults";
export { equalSecrets, fingerprint, sha256Hex } from "./fingerprint";
export { serveHttp } from "./http-server";
export { RequestJournal } from "./journal";
export type { LoopbackServer } from "./listen";
export { answerHeaders, applyFaults, dropConnection, journalRequests, type LabEnvironment } from "./middleware";
export { readText } from "./read-text";
export { type Service, startService } from "./service";
export { type ServerCertificate, serveTls } from "./tls-server";
