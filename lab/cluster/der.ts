/**
 * The few pieces of DER (ITU-T X.690) that an X.509 certificate is made of. Written out because it is small, while the
 * certificate libraries for Node need a global reflection polyfill and a dozen packages.
 */

const LONG_FORM = 0x80;

/** One DER element: tag, length, contents. */
export function element(tag: number, ...contents: Uint8Array[]): Buffer {
  const body = Buffer.concat(contents);
  const length: number[] = [];
  if (body.length < LONG_FORM) {
    length.push(body.length);
  } else {
    for (let rest = body.length; rest > 0; rest >>>= 8) {
      length.unshift(rest & 0xff);
    }
    length.unshift(LONG_FORM | length.length);
  }
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

/** SEQUENCE of ready-made elements. */
export const sequence = (...items: Uint8Array[]): Buffer => element(0x30, ...items);

/** SET of ready-made elements. */
export const set = (...items: Uint8Array[]): Buffer => element(0x31, ...items);

/** Explicit context tag, as in `[3] EXPLICIT`. */
export const explicit = (number: number, ...items: Uint8Array[]): Buffer => element(0xa0 | number, ...items);

/** Implicit context tag of a primitive value, as in `[2] IMPLICIT IA5String`. */
export const implicit = (number: number, value: Uint8Array): Buffer => element(0x80 | number, value);

/** INTEGER from big-endian bytes that are not negative. */
export function integer(bytes: Uint8Array): Buffer {
  const sign = (bytes[0] ?? 0) & 0x80 ? [Buffer.from([0])] : [];
  return element(0x02, ...sign, bytes);
}

/** BOOLEAN TRUE; DER leaves a default FALSE out. */
export const booleanTrue = (): Buffer => element(0x01, Buffer.from([0xff]));

/** OCTET STRING. */
export const octetString = (bytes: Uint8Array): Buffer => element(0x04, bytes);

/** BIT STRING; `unused` is how many of the last bits do not count. */
export const bitString = (bytes: Uint8Array, unused = 0): Buffer => element(0x03, Buffer.from([unused]), bytes);

/** UTF8String. */
export const utf8String = (text: string): Buffer => element(0x0c, Buffer.from(text, "utf8"));

/** OBJECT IDENTIFIER from its dotted form. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const group = [part & 0x7f];
    for (let left = part >>> 7; left > 0; left >>>= 7) {
      group.unshift(0x80 | (left & 0x7f));
    }
    bytes.push(...group);
  }
  return element(0x06, Buffer.from(bytes));
}

/** UTCTime, whole seconds; for dates before 2050. */
export function utcTime(date: Date): Buffer {
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, "");
  return element(0x17, Buffer.from(digits.slice(2), "ascii"));
}
