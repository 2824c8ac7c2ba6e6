import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { AnyDeclaration } from "servery";
import { loadDefault } from "#servery/config/load-module.js";
import { describeEachAdapter } from "../database/adapters.ts";
import { temporaryFolder } from "../database/temporary.ts";
import { adopt, adoptedFile, CHINOOK } from "../adopted/world.ts";

const PAGE = readFileSync(new URL("../../docs/existing-databases.md", import.meta.url), "utf8");

describeEachAdapter("the page about existing databases", ({ preference, driver }) => {
  test("declares a part of Chinook that is served, and leaves the rest as it is", async () => {
    const path = join(temporaryFolder(), "servery.ts");
    writeFileSync(path, /^```ts\n(.*?)^```$/ms.exec(PAGE)?.[1] ?? "");
    const file = adoptedFile(CHINOOK, driver);
    const before = file.schema();
    const app = await adopt((await loadDefault(path)) as AnyDeclaration, file, { sqliteDriver: preference });
    expect((await app.get("/api/Invoice/1?include=Customer")).json).toEqual({
      InvoiceId: 1,
      CustomerId: 2,
      InvoiceDate: "2021-01-01T00:00:00.000Z",
      BillingCity: "Stuttgart",
      Total: "1.98",
      Customer: { CustomerId: 2, LastName: "Köhler" },
    });
    expect((await app.patch("/api/Invoice/1", { BillingCity: "Ulm" })).status).toBe(200);
    expect(file.rows("SELECT BillingAddress, BillingCity FROM Invoice WHERE InvoiceId = 1")).toEqual([
      { BillingAddress: "Theodor-Heuss-Straße 34", BillingCity: "Ulm" },
    ]);
    expect(file.schema()).toEqual(before);
  });
});
