import { redirect } from "next/navigation";
import { requireUser } from "@/server/session";

/** Everybody's first address: admins go to their projects, labelers to their tasks. */
export default async function Home() {
  const user = await requireUser();
  redirect(user.role === "ADMIN" ? "/projects" : "/label");
}
