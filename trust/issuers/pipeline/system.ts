/**
 * Image of a job in systems whose machines have no Pulumi CLI (pulumi/pulumi-docker-containers at 3.259.0, docker/pulumi/Dockerfile:
 * it has curl, git and a POSIX shell).
 */
export const PULUMI_IMAGE = "pulumi/pulumi:3.259.0";

/**
 * An action of Pulumi's own that exchanges a job's token for an access token. Only GitHub Actions has one: Pulumi's orb for CircleCI
 * (pulumi/circleci at eb5ce6b2, orbs/pulumi.yml) and its task for Azure DevOps (pulumi/pulumi-az-pipelines-task at 730e4797,
 * buildAndReleaseTask/pulumi.ts) take a stored token, and its guides for the other systems call the CLI.
 */
export interface VendorAction {
  /** `OWNER/REPOSITORY@COMMIT` of a release. */
  readonly uses: string;
  /** Names of its inputs. */
  readonly inputs: {
    readonly organization: string;
    /** Takes `urn:pulumi:token-type:access_token:TYPE`. */
    readonly tokenType: string;
    /** Takes `team:NAME` or `user:NAME`. */
    readonly scope: string;
    /** Takes the address of Pulumi Cloud's API. */
    readonly apiUrl: string;
  };
  /** How it differs from the login step, as a note. */
  readonly differs: string;
}

/** What is in a pipeline that logs in and then does something. */
export interface Job {
  /** Audience of its token. */
  audience: string;
  /** Shell text that logs in. */
  login: string;
  /** The vendor's action in the place of `login`, of a system that has one. Default: none. */
  action?: ActionStep;
  /** Shell text of the work after it. */
  work: string;
  /** Branch it runs for. */
  branch: string;
  /** Deployment environment. Default: none. */
  environment?: string;
}

/** A step that uses an action, and the environment of its job. */
export interface ActionStep {
  uses: string;
  with: Record<string, string>;
  env: Record<string, string>;
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
  /** Pulumi's own action. Default: there is none. */
  readonly vendorAction?: VendorAction;
  /** Comments behind values of the document. */
  readonly comments?: Readonly<Record<string, string>>;
}
