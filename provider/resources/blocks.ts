import type * as pulumi from "@pulumi/pulumi";

/** Arguments made from plain data: each field an Input. */
export type Inputs<T> = {
  [K in keyof T]: pulumi.Input<T[K] extends string[] | undefined ? pulumi.Input<string>[] : T[K]>;
};

/** A block for each issuer, whose fields are Inputs. Which of them is given decides what there is, so that is not an Input. */
export type Blocks<T> = { [K in keyof T]?: Inputs<T[K]> };

/** The same for blocks that may be Inputs as a whole. */
export type InputBlocks<T> = { [K in keyof T]?: pulumi.Input<Inputs<T[K]>> };

/**
 * `T` in programs in TypeScript. In the schema, and so in other languages, any value: what an output gives is handed on as it is, and
 * Pulumi's type checker for YAML takes no enum of an output (pulumi-yaml v1.38.1).
 */
export type HandedOn<T> = T;
