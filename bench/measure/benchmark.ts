import type { Measure } from "./pairs";
import type { RowPlan } from "./row";

/** What a running benchmark measures with. */
export interface Running {
  subject: Measure;
  reference: Measure;
  /** Whether each side runs once before, uncounted. Default: true. */
  warm?: boolean;
  /** What was found out while measuring. */
  notes?(): string[];
  close?(): Promise<void>;
}

/** Something to measure, in one or more rows that come from the same runs. */
export interface Benchmark {
  /** Unique; its rows begin with it. */
  name: string;
  rows: RowPlan[];
  pairs: number;
  /** Takes so long that it must be asked for with `--full`. Default: false. */
  full?: boolean;
  /** What one has to know to read the rows. */
  notes?: string[];
  /** Gets everything ready. Not measured. A text says why it can't be measured on this machine. */
  start(): Promise<Running | string>;
}
