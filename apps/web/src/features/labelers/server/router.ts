import { router } from "@/server/trpc";
import { createInvite } from "./create-invite";
import { listInvites } from "./list-invites";
import { listLabelers } from "./list-labelers";
import { removeLabeler } from "./remove-labeler";
import { revokeInvite } from "./revoke-invite";

export const labelersRouter = router({
  list: listLabelers,
  remove: removeLabeler,
  invites: listInvites,
  createInvite,
  revokeInvite,
});
