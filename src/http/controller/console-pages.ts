import { consoleAsset, consolePage } from "../console-answer.ts";
import type { Action, Route } from "../route.ts";

const alone = { access: undefined, reads: [], validate: () => undefined } as const;

/** `GET /console` and every page below it: one file, whose script draws the page that the path names. */
const page: Action = { ...alone, name: "console", answers: ["text/html"], control: () => consolePage() };

/** `GET /console/assets/…`: what that file loads. */
const asset: Action = {
  ...alone,
  name: "console-asset",
  answers: ["text/javascript", "text/css", "image/svg+xml"],
  control: ({ request }) => consoleAsset(request.key ?? ""),
};

/** Pages of the console lie at most so deep: `/console/data/posts/1/history`. */
// A router in the browser writes its root with a slash.
const PAGES = ["", "/", "/{page}", "/{page}/{part}", "/{page}/{part}/{row}", "/{page}/{part}/{row}/{more}"];

const own = { method: "GET", table: undefined, relation: undefined, console: true } as const;

export const consoleRoutes: readonly Route[] = [
  ...PAGES.map((below) => ({ ...own, pattern: `/console${below}`, action: page })),
  { ...own, pattern: "/console/assets/{file}", action: asset },
];
