/**
 * An object that has a member for every name: the client knows no table by itself, only its types do.
 * `then` is left out, or `await` would take the object for a promise.
 */
export function everyName<Own extends object, Member>(own: Own, make: (name: string) => Member): Own {
  const made = new Map<string, Member>();
  return new Proxy(own, {
    get(target, name) {
      if (typeof name !== "string" || name === "then" || name in target) return Reflect.get(target, name) as unknown;
      const member = made.get(name) ?? make(name);
      made.set(name, member);
      return member;
    },
  });
}
