import { documents, everyone, ref, servery, table, text, timestamp } from "servery";

const open = { read: everyone, create: everyone, update: everyone, delete: everyone };

/** The same people twice: as rows with fixed columns, and as documents that hold whatever each of them has. */
export default servery({
  title: "Rows and documents",
  tables: {
    // SQL: the schema is defined upfront, and what belongs to a user refers to it.
    users: table({ name: text(50), city: text(50).optional(), joined_at: timestamp().optional() }).allow(open),
    hobbies: table({ user_id: ref("users"), name: text(50) }).allow(open),

    // NoSQL: no column is named, and what belongs to a person is embedded.
    people: documents({ index: ["address.city"] }).allow(open),
  },
  seed: () => [
    {
      table: "users",
      rows: [
        { name: "Ada", city: "Oslo" },
        { name: "Bob", city: "Rome" },
      ],
    },
    {
      table: "hobbies",
      rows: [
        { user_id: 1, name: "chess" },
        { user_id: 1, name: "tea" },
      ],
    },
    {
      table: "people",
      rows: [
        { name: "Ada", address: { city: "Oslo", zip: "0150" }, hobbies: ["chess", "tea"] },
        { name: "Bob", address: { city: "Rome" }, nickname: "Bobby", pets: [{ kind: "cat" }] },
      ],
    },
  ],
});
