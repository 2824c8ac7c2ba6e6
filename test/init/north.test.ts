import { expect, test } from "vitest";
import { columnIn, databaseFile, draftOf, kindIn, notesIn, sourceOf, tableIn } from "./databases.ts";
import { NORTH } from "./north.ts";

test("all thirteen tables are declared, and what is binary is named with the reason", async () => {
  const draft = await draftOf(await databaseFile(...NORTH));
  const tables = draft.tables.filter((table) => table.is === "table");
  expect(tables.map((table) => table.name)).toHaveLength(13);
  expect(tableIn(draft, "Order Details").rows).toBe(3);
  expect(kindIn(draft, "Categories", "Picture")).toBe("left out: its values are bytes");
  expect(kindIn(draft, "Employees", "Photo")).toBe("left out: its values are bytes");
  expect(tableIn(draft, "Employees").cannotCreate).toBeUndefined();
  expect(tableIn(draft, "Stamps").cannotCreate).toBe(
    "Image is left out, and the database demands a value for it: no row can be created",
  );
});

test("keys, references and kinds are those of the database and of its values", async () => {
  const draft = await draftOf(await databaseFile(...NORTH));
  expect(tableIn(draft, "Order Details").key).toEqual(["OrderID", "ProductID"]);
  expect(columnIn(draft, "Order Details", "OrderID")).toMatchObject({
    reference: { table: "Orders", as: "Order", onDelete: "cascade" },
    optional: false,
  });
  expect(columnIn(draft, "Orders", "ShipVia")).toMatchObject({
    reference: { table: "Shippers", onDelete: "set null" },
  });
  expect(columnIn(draft, "EmployeeTerritories", "TerritoryID")).toMatchObject({ reference: { table: "Territories" } });
  expect(columnIn(draft, "Employees", "ReportsTo")).toMatchObject({
    reference: { table: "Employees" },
    optional: true,
  });
  expect(columnIn(draft, "Order Details", "Quantity")).toMatchObject({ default: 1, optional: false });
  expect(columnIn(draft, "Products", "Discontinued")).toMatchObject({ default: "0" });
  expect(kindIn(draft, "Order Details", "UnitPrice")).toBe('decimal(15, 2).stored("real")');
  expect(kindIn(draft, "Order Details", "Discount")).toBe("real()");
  expect(kindIn(draft, "Orders", "OrderDate")).toBe("date()");
  expect(notesIn(draft, "Orders", "OrderDate")).toEqual(["declared DATETIME, and all values are days without a time"]);
  expect(kindIn(draft, "Orders", "ShippedDate")).toBe('timestamp().stored("text")');
});

test("views are declared where something tells their rows apart, and named where nothing does", async () => {
  const draft = await draftOf(await databaseFile(...NORTH));
  expect(tableIn(draft, "Order Subtotals").key).toEqual(["OrderID"]);
  expect(tableIn(draft, "Order Details Extended").key).toEqual(["OrderID", "ProductID"]);
  expect(draft.leftOut).toEqual([
    { leftOut: "Broken Report", reason: "SQLite cannot read it: no such table: main.Gone" },
    { leftOut: "All Countries", reason: "a view needs a key, and no column tells its rows apart" },
  ]);
});

test("what is written reads like a declaration that a person wrote", async () => {
  const source = await sourceOf(await databaseFile(...NORTH));
  expect(source).toContain(`    "Order Details": table(
      {
        OrderID: ref("Orders", { as: "Order", onDelete: "cascade" }),
        ProductID: ref("Products", { as: "Product" }),
        UnitPrice: decimal(15, 2).stored("real").default("0"),
        Quantity: integer().default(1),
        Discount: real().default(0),
      },
      PLAIN,
    )
      .primaryKey("OrderID", "ProductID")
      .allow(OPEN),
`);
  expect(source).toContain("        // Left out: Picture (its values are bytes).\n");
  expect(source).toContain("    // Left out: Broken Report (SQLite cannot read it: no such table: main.Gone).\n");
  expect(source).toContain(`'SELECT "OrderID", "Subtotal" FROM "Order Subtotals"',`);
  expect(source).not.toMatch(/^ *Photo:/m);
});
