/** A system call: one that writes stands where it began, any other where it returned. */
export interface SystemCall {
  readonly name: string;
  /** The file behind its first argument. */
  readonly path: string;
  /** What follows the first argument. */
  readonly text: string;
  /** What it returned; of a write that another thread interrupted in the log, nothing. */
  readonly result: string;
}

/** Reads what `strace -f -y -o FILE` wrote: calls of several threads, some of them in two halves. */
export function systemCalls(log: string): readonly SystemCall[] {
  const begun = new Map<string, string>();
  const calls: SystemCall[] = [];
  for (const line of log.split("\n")) {
    const [, thread = "", rest = ""] = /^(\d+) +([^]*)$/.exec(line) ?? [];
    const [, first] = /^([^]*) <unfinished \.\.\.>$/.exec(rest) ?? [];
    const [, name = "", second = ""] = /^<\.\.\. (\w+) resumed>([^]*)$/.exec(rest) ?? [];
    if (first !== undefined) {
      begun.set(thread, first);
      // Its bytes may be seen from now on.
      if (isWrite(first)) calls.push(...parsed(`${first}) = `));
    } else if (!isWrite(`${name}(`)) {
      calls.push(...parsed(name === "" ? rest : `${begun.get(thread) ?? ""}${second}`));
    }
  }
  return calls;
}

function isWrite(text: string): boolean {
  return /^p?write(?:64)?\(/.test(text);
}

function parsed(text: string): readonly SystemCall[] {
  const [, name, path, more, result] = /^(\w+)\(\d+<([^>]*)>(?:, )?([^]*)\) += ([^]*)$/.exec(text) ?? [];
  if (name === undefined || path === undefined || more === undefined || result === undefined) return [];
  return [{ name, path, text: more, result: result.split(" ", 1)[0] ?? "" }];
}
