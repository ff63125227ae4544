import type * as pulumi from "@pulumi/pulumi";

/**
 * Files of this folder are compiled with the tests and never run. What must not compile stands below a `@ts-expect-error`,
 * which is an error of its own where the line compiles.
 */

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles when both types are the same, `any` and optional members told apart. */
export declare function same<A, B>(...different: Same<A, B> extends true ? [] : [never]): void;

/** Arguments that take no Output. */
export type Plain<T> = {
  // biome-ignore lint/suspicious/noExplicitAny: an Output of any value
  [K in keyof T]-?: pulumi.OutputInstance<any> extends NonNullable<T[K]> ? never : K;
}[keyof T];

same<string | number, number | string>();
// @ts-expect-error any is not string
same<ReturnType<typeof JSON.parse>, string>();
// @ts-expect-error a member that may be left out
same<{ a?: string }, { a: string }>();

same<Plain<{ a?: pulumi.Input<string>; b: string; c?: { d?: string } }>, "b" | "c">();
// @ts-expect-error an Input takes Outputs
same<Plain<{ a?: pulumi.Input<string> }>, "a">();
