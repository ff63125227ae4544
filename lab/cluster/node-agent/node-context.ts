import type { ApiClient } from "../api-client";
import type { ChangeOwner } from "./atomic-writer";
import type { ImageDefinition } from "./images";
import type { ObjectSource } from "./object-source";

/** What all parts of one node agent share. */
export interface NodeContext {
  nodeName: string;
  client: ApiClient;
  objects: ObjectSource;
  images: ImageDefinition[];
  /** Absolute paths of host directories that containers find empty. */
  hidden: string[];
  /** A tmpfs: secrets and containers' writable layers never touch a disk. */
  memoryDirectory: string;
  /** For what may be large: emptyDir volumes and logs. */
  diskDirectory: string;
  /** Whether containers can run as different users; otherwise each gets its one user from a nested user namespace. */
  allUsers: boolean;
  /** Whether an overlay of the whole file system can be mounted; otherwise it is put together directory by directory. */
  rootOverlay: boolean;
  chown: ChangeOwner;
  /** How many times faster than real life projected tokens are renewed; 1 is real. */
  tokenRenewalSpeed: number;
  /** First pause before a failed container is started again; doubled each time, at most five minutes. */
  crashBackoffMilliseconds: number;
  /** One line for the lab's log; never with secrets. */
  log(line: string): void;
}
