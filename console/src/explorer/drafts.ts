import { createStore } from "../state/store.ts";
import type { Draft } from "./draft.ts";

/** What is being written, by endpoint: looking at another one loses nothing. */
export const drafts = createStore<Readonly<Record<string, Draft>>>({});
