import { developmentTransport, type MailOptions } from "#servery/engine.js";
import { shownSettings } from "#servery/config/shown-settings.js";
import { afterEach, expect, test } from "vitest";
import { closeSound } from "../api/answers.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { callersOf, declaration } from "./operators.ts";

const caught: MailOptions = { transport: developmentTransport(() => undefined), from: "a@b.example", keepTexts: true };
const MAIL = { to: "alice@example.com", subject: "Hello", text: "https://localhost/reset?token=s3cret" } as const;

const open: EngineUnderTest[] = [];
const engineWith = async (options: Parameters<typeof openEngine>[1]): Promise<EngineUnderTest> => {
  const engine = await openEngine(declaration, options);
  open.push(engine);
  return engine;
};
afterEach(async () => {
  for (const engine of open.splice(0)) await closeSound(engine);
});

test("caught mails are shown to whoever runs the application", async () => {
  const engine = await engineWith({ mail: caught });
  const { admin } = await callersOf(engine);
  expect((await admin.get("/api/server/mails")).json).toEqual([]);
  await engine.outbox.post(MAIL);
  const answer = await admin.get("/api/server/mails");
  expect(answer.status, answer.text).toBe(200);
  expect(answer.json).toMatchObject([{ ...MAIL, html: null, error: null }]);
});

test("mails that are sent, kept or not kept are shown to nobody", async () => {
  const send = (): Promise<void> => Promise.resolve();
  for (const mail of [undefined, { ...caught, keepTexts: false }, { ...caught, transport: { send } }]) {
    const engine = await engineWith({ mail });
    const { admin } = await callersOf(engine);
    await engine.outbox.post(MAIL);
    const answer = await admin.get("/api/server/mails");
    expect([answer.status, answer.text.includes("s3cret")]).toEqual([404, false]);
  }
});

test("settings are shown without what is secret", async () => {
  const settings = shownSettings({
    mode: "start",
    environment: {
      SERVERY_SECRET: "a secret of thirty-two characters",
      SERVERY_PROVIDER_GITHUB_CLIENT_ID: "id of a client",
      SERVERY_PROVIDER_GITHUB_CLIENT_SECRET: "hidden by all means",
      SERVERY_URL: "https://shop.example.com",
      SERVERY_METRICS_TOKEN: "hidden-from-everybody-who-looks-here",
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://me:hidden@traces.example:4318",
    },
    file: { mailUrl: "smtp://me:hidden@mail.example", mailFrom: "a@b.example", port: 8080 },
  });
  const engine = await engineWith({ settings });
  const { admin } = await callersOf(engine);
  const answer = await admin.get("/api/server/settings");
  expect(answer.status, answer.text).toBe(200);
  expect(answer.text).not.toMatch(/hidden|thirty-two|id of a client/);
  const shown = Object.fromEntries(
    (answer.json as { name: string; value: unknown; source: string }[]).map(({ name, value, source }) => [
      name,
      [value, source],
    ]),
  );
  expect(shown).toMatchObject({
    secret: ["set", "environment"],
    mailUrl: ["set", "file"],
    metricsToken: ["set", "environment"],
    otlpUrl: ["http://…@traces.example:4318", "environment"],
    mailFrom: ["a@b.example", "file"],
    port: [8080, "file"],
    host: ["0.0.0.0", "default"],
    providers: [["github"], "environment"],
    url: ["https://shop.example.com", "environment"],
  });
});

test.each(["/api/server/mails", "/api/server/settings"])("%s is for administrators with a session", async (url) => {
  const engine = await engineWith({ mail: caught });
  const { admin, alice, key } = await callersOf(engine);
  expect((await engine.get(url)).status).toBe(401);
  expect((await alice.get(url)).status).toBe(403);
  expect((await engine.get(url, { authorization: `Bearer ${key}` })).status).toBe(403);
  expect((await alice.get("/openapi.json")).text).not.toContain(url);
  expect((await admin.get("/openapi.json")).text).toContain(url);
  expect((await admin.get(`${url}?a=1`)).status).toBe(400);
});
