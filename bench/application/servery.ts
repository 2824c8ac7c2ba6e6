import { email, everyone, integer, longText, ref, servery, table, text } from "servery";

/** The declaration under test: everyone may do everything, nothing switched off. */
export default servery({
  tables: {
    users: table({
      username: text(30),
      email: email(100).unique(),
    }).allow({ read: everyone, create: everyone, update: everyone, delete: everyone }),

    posts: table({
      user_id: ref("users"),
      title: text(200),
      content: longText().optional(),
      category: text(50).optional().index(),
      likes: integer().default(0),
    }).allow({ read: everyone, create: everyone, update: everyone, delete: everyone }),

    // Search has a table of its own: an index of words on posts would be part of every insert.
    articles: table({
      title: text(200).search(),
      content: longText().search(),
    }).allow({ read: everyone, create: everyone, update: everyone, delete: everyone }),
  },
});
