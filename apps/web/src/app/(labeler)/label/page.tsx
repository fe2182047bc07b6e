import type { Metadata } from "next";
import { headers } from "next/headers";
import { BareShell } from "@/components/shell/bare-shell";
import { PageHeading } from "@/components/shell/page-heading";
import { LabelerHome } from "@/features/labeling/components/labeler-home";
import { callerOf } from "@/server/root";
import { requireUser } from "@/server/session";

export const metadata: Metadata = { title: "My tasks" };

export default async function LabelerHomePage() {
  const user = await requireUser("/label");
  const caller = await callerOf(await headers());
  const projects = await caller.labeling.myProjects();
  return (
    <BareShell user={user}>
      <PageHeading title="My tasks" description="Read, rank, submit. What you submit is stored at once." />
      <LabelerHome projects={projects} />
    </BareShell>
  );
}
