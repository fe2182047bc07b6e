import { router } from "@/server/trpc";
import { createInvite } from "./create-invite";
import { createPasswordLink } from "./create-password-link";
import { joinProject } from "./join-project";
import { listInvites } from "./list-invites";
import { listLabelers } from "./list-labelers";
import { removeLabeler } from "./remove-labeler";
import { revokeInvite } from "./revoke-invite";

export const labelersRouter = router({
  list: listLabelers,
  join: joinProject,
  remove: removeLabeler,
  invites: listInvites,
  createInvite,
  createPasswordLink,
  revokeInvite,
});
