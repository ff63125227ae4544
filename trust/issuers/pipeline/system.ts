/**
 * Image of a job in systems whose machines have no Pulumi CLI (pulumi/pulumi-docker-containers at 3.259.0, docker/pulumi/Dockerfile:
 * it has curl, git and a POSIX shell).
 */
export const PULUMI_IMAGE = "pulumi/pulumi:3.259.0";

/** What is in a pipeline that logs in and then does something. */
export interface Job {
  /** Audience of its token. */
  audience: string;
  /** Shell text that logs in. */
  login: string;
  /** Shell text of the work after it. */
  work: string;
  /** Branch it runs for. */
  branch: string;
  /** Deployment environment. Default: none. */
  environment?: string;
}

/** How a job of a CI system gets its token, and the pipeline that asks for no more than that. */
export interface CiSystem {
  /**
   * Where a step of POSIX sh finds the token: in a variable, or in what a command prints, which is the token or a JSON object with
   * it as `member`. The command has no secret among its arguments.
   */
  readonly token:
    | { readonly variable: string }
    | { readonly command: (audience: string) => string; readonly member?: string };
  /** What a job's machine must have that the pipeline does not bring. Default: nothing. */
  readonly needs?: string;
  /** What a line of output begins with that has the system hide the rest of it in logs. Default: there is no such line. */
  readonly maskPrefix?: string;
  /** Path of the pipeline's file in the repository. */
  readonly file: string;
  /** What is in the file, for YAML. */
  document(job: Job): object;
  /** Comments behind values of the document. */
  readonly comments?: Readonly<Record<string, string>>;
}
