import type { Action } from "../route.ts";
import { Problem } from "../../errors/problem.ts";

const OK = {
  status: 200,
  headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" },
  body: '{"status":"ok"}',
} as const;

/** `GET /health/live`: the process answers. */
export const healthLive: Action = {
  name: "live",
  access: undefined,
  reads: [],
  answers: ["application/json"],
  validate: () => undefined,
  control: () => OK,
};

/** `GET /health/ready`: the engine takes requests; 503 while it stops. */
export const healthReady: Action = {
  name: "ready",
  access: undefined,
  reads: [],
  answers: ["application/json"],
  validate: () => undefined,
  control: ({ services }) => {
    if (!services.ready())
      throw new Problem("shutting_down", "The server is stopping.", { headers: { "retry-after": "1" } });
    return OK;
  },
};
