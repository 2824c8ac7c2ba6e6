import {
  and,
  boolean,
  date,
  email,
  enumeration,
  everyone,
  nobody,
  or,
  owner,
  ref,
  type RuleFunction,
  self,
  servery,
  signedIn,
  table,
  text,
} from "servery";
import { invitationRoutes } from "./invitations.ts";

/**
 * Membership is asked for as a filter through relations, inside the very query that reads the rows: nothing is looked
 * up beforehand, so nothing can be out of date, and no list forgets to ask.
 */
const member: RuleFunction = ({ id }) => ({ memberships: { user_id: id } });
const leader: RuleFunction = ({ id }) => ({ memberships: { user_id: id, role: { in: ["owner", "admin"] } } });

/** The same of rows that belong to an organisation. */
const colleague: RuleFunction = ({ id }) => ({ organisation: { memberships: { user_id: id } } });
const itsLeader: RuleFunction = ({ id }) => ({
  organisation: { memberships: { user_id: id, role: { in: ["owner", "admin"] } } },
});

/** And one relation further. */
const onItsProject: RuleFunction = ({ id }) => ({ project: { organisation: { memberships: { user_id: id } } } });

/** Organisations whose members see their projects and tasks, and nobody else's. */
export default servery({
  title: "Teams",
  tables: {
    users: table({
      name: text(60),
      // Only oneself: colleagues are found by their names, in the memberships that one shares.
      email: email().unique().readable(self),
    })
      .accounts()
      .allow({
        read: or(self, ({ id }) => ({ memberships: { organisation: { memberships: { user_id: id } } } })),
        create: everyone,
        update: self,
      }),

    organisations: table({
      founder_id: ref("users", { as: "founder", reverse: "founded" }).owner(),
      name: text(80),
    })
      // The founder reads it before there is a membership, and so can make the first one.
      .allow({ read: or(owner, member), create: signedIn, update: or(owner, leader), delete: owner }),

    memberships: table({
      organisation_id: ref("organisations", { onDelete: "cascade" }),
      user_id: ref("users", { onDelete: "cascade" }),
      role: enumeration("member", "admin", "owner").default("member"),
    })
      .unique("organisation_id", "user_id")
      .allow({
        read: colleague,
        // The founder alone, and only himself; everybody else comes in by an invitation.
        create: ({ id }) => ({ user_id: id, role: "owner", organisation: { founder_id: id } }),
        // Leaders change the roles of others: nobody raises himself, and nobody else becomes an owner.
        update: and(itsLeader, ({ id }) => ({ user_id: { ne: id }, role: { in: ["member", "admin"] } })),
        // Everybody may leave.
        delete: or(
          ({ id }) => ({ user_id: id }),
          and(itsLeader, () => ({ role: { in: ["member", "admin"] } })),
        ),
      }),

    // The address must be verified before anybody signs in, so whoever has it is the one who was invited.
    invitations: table({
      organisation_id: ref("organisations", { onDelete: "cascade" }),
      invited_by_id: ref("users", { as: "invited_by", reverse: "sent_invitations", onDelete: "cascade" }).owner(),
      email: email(),
      role: enumeration("member", "admin").default("member"),
    })
      .unique("organisation_id", "email")
      .allow({ read: itsLeader, create: itsLeader, update: nobody, delete: itsLeader }),

    projects: table({
      organisation_id: ref("organisations", { onDelete: "cascade" }),
      name: text(80),
      is_archived: boolean().default(false),
    }).allow({ read: colleague, create: itsLeader, update: itsLeader, delete: itsLeader }),

    tasks: table({
      project_id: ref("projects", { onDelete: "cascade" }),
      author_id: ref("users", { as: "author", reverse: "written_tasks" }).owner(),
      assignee_id: ref("users", { as: "assignee", reverse: "tasks" }).optional(),
      title: text(200).search(),
      state: enumeration("open", "doing", "done").default("open"),
      due: date().optional(),
    }).allow({ read: onItsProject, create: onItsProject, update: onItsProject, delete: and(onItsProject, owner) }),
  },
  routes: invitationRoutes,
});
