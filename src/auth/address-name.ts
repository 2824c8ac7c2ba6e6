/** Bits of one group of an IPv6 address, and bytes of an IPv4 address that stand in one. */
const GROUPS = 8;
/** Groups of a /64: what one subscriber is given at least, so whoever has one address has them all. */
const GROUPS_OF_A_NETWORK = 4;

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
const GROUP = /^[0-9a-f]{1,4}$/;

/** What stands for an address that is missing, or is none: one name for all, so that a forged text is no new name. */
const UNKNOWN = "unknown";

/**
 * The name under which an address is counted: IPv4 as it is, an IPv4 address inside IPv6 (::ffff:0:0/96) as IPv4, IPv6
 * by its /64 in one spelling; "unknown" for everything else.
 */
export function addressName(address: string | undefined): string {
  if (address === undefined) return UNKNOWN;
  if (IPV4.test(address)) return address;
  const groups = ipv6Groups(address.toLowerCase().replace(/%.*$/s, ""));
  if (groups === undefined) return UNKNOWN;
  const [high = 0, low = 0] = groups.slice(GROUPS - 2);
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return [high >> 8, high & 0xff, low >> 8, low & 0xff].join(".");
  const network = groups.slice(0, GROUPS_OF_A_NETWORK).map((group) => group.toString(16));
  return `${network.join(":")}::/64`;
}

/** The eight groups of an IPv6 address in lower case (RFC 4291 §2.2), or undefined when the text is none. */
function ipv6Groups(text: string): number[] | undefined {
  const [head = "", tail, ...more] = text.split("::");
  if (more.length > 0) return undefined;
  const before = groupsOf(head, tail === undefined);
  const after = tail === undefined ? [] : groupsOf(tail, true);
  if (before === undefined || after === undefined) return undefined;
  const missing = GROUPS - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  return [...before, ...Array.from({ length: missing }, () => 0), ...after];
}

/** The groups of one side of `::`; only the last one of an address may be written as IPv4. */
function groupsOf(side: string, last: boolean): number[] | undefined {
  if (side === "") return [];
  const groups: number[] = [];
  const parts = side.split(":");
  for (const [at, part] of parts.entries()) {
    if (GROUP.test(part)) groups.push(Number.parseInt(part, 16));
    else if (last && at === parts.length - 1 && IPV4.test(part)) {
      const [a = 0, b = 0, c = 0, d = 0] = part.split(".").map(Number);
      groups.push(a * 256 + b, c * 256 + d);
    } else return undefined;
  }
  return groups;
}
