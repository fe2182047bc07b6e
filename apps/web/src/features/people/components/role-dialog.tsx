"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Confirm } from "@/components/ui/confirm";
import { toast } from "@/components/ui/toast";
import { useTRPC } from "@/trpc/client";
import type { Person } from "../views";

/** The verb of what can be done about a person's role. */
export function wordOf({ role }: Pick<Person, "role">): string {
  return role === "ADMIN" ? "Make a labeler" : "Make an admin";
}

/** Says what the other role means before it is given. */
export function RoleDialog({ person, open, onClose }: { person: Person; open: boolean; onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const set = useMutation(
    trpc.people.setRole.mutationOptions({
      onSuccess: async ({ name, role }) => {
        await queries.invalidateQueries(trpc.people.list.queryFilter());
        toast.done(role === "ADMIN" ? `${name} is an admin` : `${name} is a labeler`);
        onClose();
      },
    }),
  );
  const close = () => {
    set.reset();
    onClose();
  };
  const toAdmin = person.role === "LABELER";
  return (
    <Confirm
      open={open}
      onClose={close}
      onConfirm={() => set.mutate({ userId: person.id, role: toAdmin ? "ADMIN" : "LABELER" })}
      title={toAdmin ? `Make ${person.name} an admin?` : `Make ${person.name} a labeler again?`}
      action={wordOf(person)}
      pending={set.isPending}
      error={set.error}
    >
      {toAdmin
        ? "They see every project, import and export, train and publish, make API keys, and can change everybody’s role, yours too."
        : "They see no admin page any more, from their next request on. What they made stays, and they rank where they are a labeler."}
    </Confirm>
  );
}
