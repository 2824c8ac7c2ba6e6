import { afterAll, beforeAll, expect, test } from "vitest";
import { everyone, ref, refuse, servery, table, text } from "servery";
import { closeSound, findingsOf, rowsOf } from "../api/answers.ts";
import { batchTo, operationsOf, patch, post } from "../api/batches.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";

const OPEN = { read: everyone, create: everyone, update: everyone };

const hotel = servery({
  tables: {
    rooms: table({ name: text(50) }).allow(OPEN),
    bookings: table({ room_id: ref("rooms"), guest: text(50) })
      .hooks({
        prepare: ({ values }) => {
          if (values.guest === "mallory") throw refuse("conflict", "Not this guest.");
        },
      })
      .allow(OPEN),
    stays: table({ room_id: ref("rooms"), guest: text(50) })
      .hooks({
        before: ({ values }) => {
          if (values.guest === "mallory") throw refuse("conflict", "Not this guest.");
        },
      })
      .allow(OPEN),
  },
  seed: () => [
    { table: "rooms", rows: [{ name: "first" }] },
    { table: "bookings", rows: [{ room_id: 1, guest: "ann" }] },
  ],
});

let engine: EngineUnderTest;
beforeAll(async () => {
  engine = await openEngine(hotel);
});
afterAll(() => closeSound(engine));

const room = post("/api/rooms", { name: "mallory" });

test("a value that prepare would look at is no reference to an earlier operation", async () => {
  const booked = await batchTo(engine)([
    room,
    post("/api/bookings", { room_id: { ref: "0.id" }, guest: { ref: "0.name" } }),
  ]);
  expect(findingsOf(booked)).toEqual(["/1/body/guest type"]);
  const changed = await batchTo(engine)([room, patch("/api/bookings/1", { guest: { ref: "0.name" } })]);
  expect(findingsOf(changed)).toEqual(["/1/body/guest type"]);
  const below = { name: "below", bookings: [{ guest: { ref: "0.name" } }] };
  const nested = await batchTo(engine)([room, post("/api/rooms", below)]);
  expect(findingsOf(nested)).toEqual(["/1/body/bookings/0/guest type"]);
  expect(rowsOf(await engine.get("/api/rooms"))).toHaveLength(1);
});

test("a reference of its table is one, and before is given every value", async () => {
  const [, booking] = operationsOf(
    await batchTo(engine)([room, post("/api/bookings", { room_id: { ref: "0.id" }, guest: "bob" })]),
  );
  expect(booking?.body).toMatchObject({ guest: "bob" });
  const stay = post("/api/stays", { room_id: { ref: "0.id" }, guest: { ref: "0.name" } });
  expect((await batchTo(engine)([room, stay])).json).toMatchObject({ code: "refused", error: "Not this guest." });
});
