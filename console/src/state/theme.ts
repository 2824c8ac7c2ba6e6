import { keptStore } from "./store.ts";

export type Theme = "auto" | "light" | "dark";

export const theme = keptStore<Theme>(localStorage, "servery.console.theme", (kept) =>
  kept === "light" || kept === "dark" ? kept : "auto",
);

/** Shows the chosen theme, now and whenever another is chosen. */
export function applyTheme(): void {
  const show = (): void => {
    const chosen = theme.get();
    if (chosen === "auto") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = chosen;
  };
  show();
  theme.subscribe(show);
}
