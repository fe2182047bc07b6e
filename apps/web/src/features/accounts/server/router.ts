import { router } from "@/server/trpc";
import { acceptInvite } from "./accept-invite";
import { joinByInvite } from "./join-by-invite";

export const accountsRouter = router({ acceptInvite, joinByInvite });
