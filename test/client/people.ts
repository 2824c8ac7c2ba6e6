import { email, everyone, integer, owner, ref, self, servery, signedIn, table, text } from "servery";

/** People who sign in at once, and what belongs to each of them alone. */
export const people = servery({
  tables: {
    users: table({ username: text(30).unique(), email: email(100).unique(), age: integer().optional() })
      .accounts({ verify: false, identifier: "email" })
      .allow({ read: self, create: everyone, update: self, delete: self }),
    notes: table({ user_id: ref("users").owner(), title: text(100) }).allow({
      read: owner,
      create: signedIn,
      update: owner,
      delete: owner,
    }),
  },
});
export type People = typeof people;

export const PASSWORD = "correct horse battery";

/** The body of a sign-up. */
export function person(name: string): { username: string; email: string; password: string } {
  return { username: name, email: `${name}@example.com`, password: PASSWORD };
}
