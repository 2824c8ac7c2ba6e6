/** Letters of an address that mail servers take (RFC 5321 §4.5.3.1.3, without the angle brackets). */
const LONGEST_ADDRESS = 254;
/** Letters of a sender's name. */
const LONGEST_NAME = 100;

/**
 * One address, in ASCII: no quoted local part, no comment, no list. A domain with other letters is written in its ASCII
 * form (`xn--…`), since not every mail server on the way takes another one.
 */
const ADDRESS =
  /^[\w!#$%&'*+/=?^`{|}~.-]{1,64}@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;

/** Who a mail is from. */
export interface Sender {
  /** Empty where there is none. */
  readonly name: string;
  readonly address: string;
}

/** Whether a text is exactly one address that any mail server takes. */
export function isMailAddress(text: string): boolean {
  return text.length <= LONGEST_ADDRESS && ADDRESS.test(text) && !text.startsWith("-");
}

/** Reads `ADDRESS` or `NAME <ADDRESS>`; undefined for anything else. */
export function senderOf(text: string): Sender | undefined {
  if (isMailAddress(text)) return { name: "", address: text };
  const [, name = "", address = ""] = /^([^<>"\p{Cc}\u2028\u2029]+) <([^<>]+)>$/u.exec(text) ?? [];
  return name.trim() !== "" && name.length <= LONGEST_NAME && isMailAddress(address)
    ? { name: name.trim(), address }
    : undefined;
}
