import { everyone, integer, servery, table, text } from "servery";

/** The smallest application that the command can run. */
export default servery({
  title: "Notes",
  tables: {
    notes: table({ title: text(100), stars: integer({ min: 0 }).default(0) }).allow({
      read: everyone,
      create: everyone,
      update: everyone,
      delete: everyone,
    }),
  },
  seed: () => [{ table: "notes", rows: [{ title: "First" }] }],
});
