import type { ApiClient } from "../api-client";
import type { ObjectSource } from "./object-source";
import type { Pod } from "./pod";
import type { ImageDefinition } from "./root";

/**
 * Variables a node gives every container of a pod. They stand in for what a cloud's node gives by its network; whatever
 * the pod or its image sets itself, wins over them.
 */
export type PodEnvironment = (pod: Pod) => Record<string, string> | Promise<Record<string, string>>;

/** Puts away what {@link PodEnvironment} made for a pod, once its last container has ended. */
export type PodEnded = (pod: Pod) => void | Promise<void>;

/** Changes owner and group of a file; does nothing where only one user exists. */
export type ChangeOwner = (file: string, uid: number, gid: number) => Promise<void>;

/** What all parts of one node agent share. */
export interface NodeContext {
  nodeName: string;
  client: ApiClient;
  objects: ObjectSource;
  images: ImageDefinition[];
  /** Files of the host that every container has, whatever its image. */
  binds: ImageDefinition["binds"];
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
  crashBackoffMs: number;
  podEnvironment: PodEnvironment;
  podEnded: PodEnded;
  /** Addresses of the cloud that can't be served here → who stands in for them. A variable of exactly that value is changed. */
  substitutes: Readonly<Record<string, string>>;
  /** One line for the lab's log; never with secrets. */
  log(line: string): void;
}
