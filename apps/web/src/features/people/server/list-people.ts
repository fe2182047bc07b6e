import { z } from "zod";
import { adminProcedure } from "@/server/trpc";
import { Person } from "../views";

/** Everybody with an account, who came first on top. */
export const listPeople = adminProcedure.output(z.array(Person)).query(({ ctx }) => ctx.database.users.list());
