import { router } from "@/server/trpc";
import { askBackbone } from "./ask-backbone";
import { cancelBackbone } from "./cancel-backbone";
import { followBackbone } from "./follow-backbone";

export const backbonesRouter = router({ ask: askBackbone, cancel: cancelBackbone, follow: followBackbone });
