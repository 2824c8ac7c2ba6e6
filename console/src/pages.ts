import type { ComponentType } from "react";

export interface ConsolePage {
  /** Below /console. */
  readonly path: string;
  readonly label: string;
  readonly group: "" | "Manage" | "Understand";
  readonly load: () => Promise<{ readonly default: ComponentType }>;
}

/** Every page of the console, in the order of the navigation. A new page is one line here: route, link and palette follow. */
export const pages: readonly ConsolePage[] = [
  { path: "/", label: "Explorer", group: "", load: () => import("./explorer/explorer-page.tsx") },
  { path: "/data/{-$table}", label: "Data", group: "", load: () => import("./data/data-page.tsx") },
  { path: "/schema", label: "Schema", group: "", load: () => import("./schema/schema-page.tsx") },
  { path: "/requests", label: "Requests", group: "", load: () => import("./requests/requests-page.tsx") },
  { path: "/metrics", label: "Metrics", group: "", load: () => import("./metrics/metrics-page.tsx") },
  { path: "/people", label: "People and keys", group: "Manage", load: () => import("./people/people-page.tsx") },
  { path: "/sql", label: "SQL", group: "Manage", load: () => import("./sql/sql-page.tsx") },
  { path: "/settings", label: "Settings", group: "Manage", load: () => import("./settings/settings-page.tsx") },
];

/** What lies outside of the console. */
export const elsewhere = [{ href: "/docs", label: "Docs", group: "Understand" }] as const;
