import { useSyncExternalStore } from "react";

/** A value that several parts of the page share. */
export interface Store<Value> {
  readonly get: () => Value;
  readonly set: (next: Value) => void;
  readonly subscribe: (changed: () => void) => () => void;
}

export function createStore<Value>(initial: Value, keep: (value: Value) => void = () => undefined): Store<Value> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set: (next) => {
      value = next;
      keep(next);
      for (const listener of listeners) listener();
    },
    subscribe: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
  };
}

/** A store that outlives the page. `read` turns what is kept into a value, whatever somebody wrote there. */
export function keptStore<Value>(storage: Storage, key: string, read: (kept: unknown) => Value): Store<Value> {
  return createStore(read(keptValue(storage, key)), (value) => {
    try {
      storage.setItem(key, JSON.stringify(value));
    } catch {
      // A full or closed storage forgets with the page, and that is all.
    }
  });
}

function keptValue(storage: Storage, key: string): unknown {
  try {
    return JSON.parse(storage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

export function useStore<Value>(store: Store<Value>): Value {
  return useSyncExternalStore(store.subscribe, store.get);
}
