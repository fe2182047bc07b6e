import { router } from "@/server/trpc";

export const labelingRouter = router({});
