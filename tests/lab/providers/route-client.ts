import { ServiceError } from "../../../lab/providers/cloud/service-error";
import type { LabClient } from "../../../lab/providers/lab-client";
import type { resourceRoutes } from "../../../lab/providers/resource-routes";

/** A client of the lab's routes without a server between. */
export function routeClient(app: ReturnType<typeof resourceRoutes>): LabClient {
  const call: LabClient["call"] = async <T>(method: string, path: string, body?: unknown) => {
    const headers = { "content-type": "application/json" };
    const answer = await app.request(`/resources${path}`, {
      method,
      headers,
      body: body && JSON.stringify(body),
    } as never);
    const text = await answer.text();
    if (!answer.ok) {
      const { error } = JSON.parse(text) as { error: { code: string; message: string } };
      throw new ServiceError(error.code, answer.status, error.message);
    }
    return (text === "" ? undefined : JSON.parse(text)) as T;
  };
  const find: LabClient["find"] = <T>(path: string) =>
    call<T>("GET", path).catch((error: unknown) => {
      if (error instanceof ServiceError && error.httpStatus === 404) return undefined;
      throw error;
    });
  return { call, find };
}
