import { type Context, enumeration, get, integer, post, ref, refuse, reply, signedIn, text } from "servery";

const invitation = {
  id: integer(),
  organisation_id: ref("organisations"),
  organisation: text(80),
  role: enumeration("member", "admin"),
};

interface Invitation {
  readonly id: number;
  readonly organisation_id: number;
  readonly role: "member" | "admin";
  readonly organisation: { readonly name: string };
}

/** Whoever is invited is no member yet, so no rule of the table lets him read it: these two routes speak for it. */
export const invitationRoutes = [
  get(
    "/api/me/invitations",
    { summary: "What one is invited to", allow: signedIn, answer: [invitation] },
    async (call) =>
      (await invitationsOf(call)).map(({ organisation, ...row }) => ({ ...row, organisation: organisation.name })),
  ),

  post(
    "/api/invitations/:id/acceptance",
    { summary: "Join the organisation", allow: signedIn, params: { id: ref("invitations") } },
    async (call) => {
      const accepted = (await invitationsOf(call)).find(({ id }) => id === call.params.id);
      if (accepted === undefined) throw refuse("missing", "There is no such invitation for you.");
      const membership = await call.transaction(async (tx) => {
        const { tables } = tx.system("an invitation makes its membership");
        await tables.invitations.delete(accepted.id);
        const { organisation_id, role } = accepted;
        return tables.memberships.create({ organisation_id, role, user_id: call.principal.id });
      });
      return reply(membership, { created: `/api/memberships/${membership.id}` });
    },
  ),
];

/** Those that were sent to the caller's own address. */
async function invitationsOf(context: Context): Promise<Invitation[]> {
  const { tables } = context.system("finds the invitations of an address");
  const user = await tables.users.get(context.principal.id);
  return tables.invitations.list({
    filter: { email: user.email },
    fields: "id,organisation_id,role",
    include: "organisation",
    limit: 100,
  });
}
