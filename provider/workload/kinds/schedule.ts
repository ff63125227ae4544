import { nearestName } from "../../../trust";

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/** The five fields as Kubernetes takes them, which is how robfig/cron v3 does (parser.go, `ParseStandard`; spec.go): Sunday is 0 and not 7. */
const FIELDS = [
  { field: "minute", from: 0, to: 59, names: [] },
  { field: "hour", from: 0, to: 23, names: [] },
  { field: "day of the month", from: 1, to: 31, names: [] },
  { field: "month", from: 1, to: 12, names: MONTHS },
  { field: "day of the week", from: 0, to: 6, names: DAYS },
] as const;

type Field = (typeof FIELDS)[number];

const NAMED = /^@(yearly|annually|monthly|weekly|daily|midnight|hourly|every ([\d.]+(ns|us|µs|ms|s|m|h))+)$/;

/** What is wrong with a schedule; undefined for one that Kubernetes takes. */
export function scheduleFault(text: string): string | undefined {
  if (text.startsWith("@")) {
    return NAMED.test(text) ? undefined : "there is no schedule of this name";
  }
  const parts = text.trim().split(/\s+/);
  if (parts.length !== FIELDS.length) {
    return `it has ${text.trim() === "" ? 0 : parts.length} fields, not five`;
  }
  for (const [index, field] of FIELDS.entries()) {
    for (const part of (parts[index] ?? "").split(",")) {
      const fault = partFault(part, field);
      if (fault !== undefined) return fault;
    }
  }
  return undefined;
}

/** `*`, a number or a name, or a range of two, each with a step or without. */
function partFault(part: string, field: Field): string | undefined {
  const [, range = "", , step] = /^([^/]+)(\/(\d+))?$/.exec(part) ?? [];
  const [first = "", last = first, ...more] = range.split("-");
  const isAny = /^[*?]$/.test(range);
  const [start, end] = isAny ? [field.from, field.to] : [numberOf(first, field), numberOf(last, field)];
  if (start === undefined || end === undefined || more.length > 0 || (step !== undefined && Number(step) === 0)) {
    return `"${part}" is not a possible ${field.field}`;
  }
  if (start < field.from || end > field.to) {
    return `"${part}" is not a possible ${field.field}: it is ${field.from} to ${field.to}`;
  }
  return start > end ? `"${part}" ends before it begins` : undefined;
}

function numberOf(text: string, { names, from }: Field): number | undefined {
  const index = (names as readonly string[]).indexOf(text.toUpperCase());
  if (index >= 0) return index + from;
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/** The zone that was meant, where a text is none by its IANA name, letter case included: Kubernetes opens a file of that name. */
export function zoneFault(zone: string): { meant?: string } | undefined {
  const known = Intl.supportedValuesOf("timeZone");
  const spelled = known.find((name) => name.toLowerCase() === zone.toLowerCase());
  if (spelled !== undefined) {
    return spelled === zone ? undefined : { meant: spelled };
  }
  try {
    // Takes the older names too, which are not listed, and offsets, which Kubernetes does not take.
    if (!/^[A-Za-z]/.test(zone)) return {};
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return undefined;
  } catch {
    return { meant: nearestName(zone, known) };
  }
}
