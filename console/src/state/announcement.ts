import { createStore } from "./store.ts";

/** What a screen reader is told next. */
export const announcement = createStore("");

export function announce(text: string): void {
  announcement.set(text);
}
