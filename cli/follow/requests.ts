import { ApiClient } from "../../lab/cluster";
import type { RequestRow, RequestsExample } from "../examples";

/** A row of an example's table, with what came back. */
export interface AnsweredRequest {
  row: RequestRow;
  /** Undefined: the client did not say. */
  got: { status: number; msg?: string } | undefined;
  isRight: boolean;
}

/** What a client prints of one request. */
interface PrintedAnswer {
  caller: string;
  request: string;
  status: number;
  msg?: string;
}

/** Reads what an example's clients printed, which have ended with `pulumi up`, and holds it against the table. */
export async function followRequests(
  { namespace, rows }: RequestsExample,
  kubeconfig: string,
  signal: AbortSignal,
): Promise<AnsweredRequest[]> {
  const client = ApiClient.fromKubeconfig(kubeconfig);
  try {
    const pods = `/api/v1/namespaces/${namespace}/pods`;
    const { items } = await client.get<{ items: { metadata: { name: string } }[] }>(pods, { signal });
    const logs = await Promise.all(
      // A pod that never started has no log.
      items.map(({ metadata }) => client.text(`${pods}/${metadata.name}/log`, { signal }).catch(() => "")),
    );
    const printed = logs.flatMap((log) => log.split("\n").flatMap(answerIn));
    return rows.map((row) => {
      const found = printed.find(({ caller, request }) => caller === row.caller && request === row.request);
      const { status, msg } = row.expected;
      const got = found && { status: found.status, ...(found.msg !== undefined && { msg: found.msg }) };
      return { row, got, isRight: got?.status === status && got.msg === msg };
    });
  } finally {
    await client.close();
  }
}

/** The answer in a line of a log; other lines are the runtime's or a failure's. */
function answerIn(line: string): PrintedAnswer[] {
  try {
    const answer = JSON.parse(line) as PrintedAnswer | null;
    return typeof answer?.caller === "string" ? [answer] : [];
  } catch {
    return [];
  }
}
