import { email, everyone, integer, longText, owner, ref, servery, signedIn, table, text } from "servery";

/** The application beside this one with accounts: whoever signs in reads and changes what is its own, and nothing else. */
export default servery({
  tables: {
    users: table({
      username: text(30),
      email: email(100).unique(),
    })
      .accounts({ verify: false })
      .allow({ read: everyone, create: everyone }),

    posts: table({
      user_id: ref("users").owner(),
      title: text(200),
      content: longText().optional(),
      category: text(50).optional().index(),
      likes: integer().default(0),
    }).allow({ read: owner, create: signedIn, update: owner, delete: owner }),

    articles: table({
      title: text(200).search(),
      content: longText().search(),
    }).allow({ read: everyone }),
  },
});
