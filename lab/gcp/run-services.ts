import { gcpError } from "./errors";
import { projectNumber } from "./project-number";

/** What a caller says of a Cloud Run service. */
export interface RunServiceInput {
  project: string;
  location: string;
  serviceId: string;
  /** Audiences that are taken besides the service's URL. */
  customAudiences: string[];
  /** Whether everybody may invoke it, whatever IAM says. */
  invokerIamDisabled: boolean;
}

/** A Cloud Run service. */
export interface RunService extends RunServiceInput {
  /** `projects/PROJECT/locations/LOCATION/services/SERVICE`. */
  name: string;
  /** Where it answers, and what tokens for it are for. */
  uri: string;
}

/** Where a service answers. */
export interface RunAddress {
  url: string;
  stop(): Promise<void>;
}

/** Cloud Run's services, in memory, for the life of the lab. */
export class RunServices {
  readonly #services = new Map<string, { service: RunService; address: RunAddress }>();
  /** Without a server, an address of the form that Google's have, where nothing answers. */
  #open = async ({ project, location, serviceId }: RunServiceInput & { name: string }): Promise<RunAddress> => ({
    url: `https://${serviceId}-${projectNumber(project)}.${location}.run.app`,
    stop: async () => {},
  });

  /** From now on services answer at an address of the lab's. */
  serveWith(open: (service: RunServiceInput & { name: string }) => Promise<RunAddress>): void {
    this.#open = open;
  }

  async create(input: RunServiceInput): Promise<RunService> {
    const { project, location, serviceId } = input;
    // "Name must use only lowercase alphanumeric characters and dashes …" (Cloud Run API reference, `services.create`).
    if (!/^[a-z]([-a-z0-9]{0,47}[a-z0-9])?$/.test(serviceId)) {
      const form =
        "only lowercase alphanumeric characters and dashes, at most 49, and it cannot begin or end with a dash";
      throw gcpError(400, "badRequest", `Invalid service name "${serviceId}": it must use ${form}.`);
    }
    const name = `projects/${project}/locations/${location}/services/${serviceId}`;
    if (this.#services.has(name)) {
      throw gcpError(409, "alreadyExists", `Resource '${serviceId}' already exists.`);
    }
    const address = await this.#open({ ...input, name });
    const service = { ...input, name, uri: address.url };
    this.#services.set(name, { service, address });
    return service;
  }

  get(name: string): RunService {
    const found = this.#services.get(name);
    if (found === undefined) {
      throw gcpError(404, "notFound", `Resource '${name.split("/").at(-1)}' of kind 'SERVICE' does not exist.`);
    }
    return found.service;
  }

  update(name: string, settings: Pick<RunService, "customAudiences" | "invokerIamDisabled">): RunService {
    return Object.assign(this.get(name), settings);
  }

  async delete(name: string): Promise<void> {
    const { address } = this.#services.get(this.get(name).name) ?? {};
    this.#services.delete(name);
    await address?.stop();
  }

  /** Ends all servers. */
  async stop(): Promise<void> {
    await Promise.all([...this.#services.values()].map(({ address }) => address.stop()));
    this.#services.clear();
  }
}
