import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { pages } from "./pages.ts";
import { PageFailed, PageMissing } from "./shell/page-missing.tsx";
import { textOf } from "./text/text-of.ts";
import { Shell } from "./shell/shell.tsx";
import type { PageSearch } from "./use-go-to.ts";

const root = createRootRoute({
  component: Shell,
  notFoundComponent: PageMissing,
  errorComponent: PageFailed,
  validateSearch: (search: Readonly<Record<string, unknown>>): PageSearch =>
    Object.fromEntries(
      (["op", "id", "q", "filter", "sort"] as const).flatMap((name) =>
        search[name] === undefined ? [] : [[name, textOf(search[name])]],
      ),
    ),
});

const routes = pages.map(({ path, load }) =>
  createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load) }),
);

export const router = createRouter({ routeTree: root.addChildren(routes), basepath: "/console" });
