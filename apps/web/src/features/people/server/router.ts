import { router } from "@/server/trpc";
import { listPeople } from "./list-people";
import { setRole } from "./set-role";

export const peopleRouter = router({ list: listPeople, setRole });
