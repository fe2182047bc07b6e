import { basename } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Recipe } from "@borda/preferences";
import { startBorda } from "@borda/scripts/testing";
import { z } from "zod";
import { Refused, type Session, signIn } from "../session";
import { upload } from "../upload";

const Report = z.object({ accuracy: z.number(), comparisons: z.number(), prompts: z.number() });
export type Report = z.infer<typeof Report>;

/** What the admin of a Borda of its own sees in the end: the held-out report of the run's checkpoint. */
export async function trainByApp(data: string, recipe: Recipe, tensorflowHome: string): Promise<Report> {
  const borda = await startBorda({ env: { BORDA_TENSORFLOW_HOME: tensorflowHome } });
  try {
    const admin = await signIn(borda.webUrl, borda.admin, 0);
    const form = { name: basename(data), guidelines: "Rank.", kMin: 2, kMax: 9, rankingsWanted: 1 };
    const { projectId } = await admin.mutate("projects.create", form, z.object({ projectId: z.string() }));
    await importFile(borda.webUrl, admin, projectId, data);
    await launch(admin, projectId, recipe);
    return await reportOf(admin, projectId);
  } finally {
    await borda.stop();
  }
}

async function importFile(webUrl: string, admin: Session, projectId: string, data: string): Promise<void> {
  const importId = await upload(webUrl, admin, projectId, data);
  await ends("The import", async () => {
    const { state } = await admin.query("imports.get", { importId }, z.object({ state: z.string() }));
    return { state, done: state === "FINISHED" || undefined };
  });
}

/** Asks the worker for the backbone, and starts the run once it is there. */
async function launch(admin: Session, projectId: string, recipe: Recipe): Promise<void> {
  await admin.mutate("backbones.ask", { source: recipe.backbone }, z.object({ id: z.string() }));
  await ends("The backbone", async () => {
    try {
      const { runId } = await admin.mutate("training.launch", { projectId, recipe }, z.object({ runId: z.string() }));
      return { state: "READY", done: runId };
    } catch (error) {
      if (error instanceof Refused && error.reason === "BACKBONE_NOT_READY")
        return { state: error.message, done: undefined };
      throw error;
    }
  });
}

async function reportOf(admin: Session, projectId: string): Promise<Report> {
  const Runs = z.array(z.object({ state: z.string(), error: z.string().nullish(), report: Report.nullable() }));
  return ends("The run", async () => {
    const [run] = await admin.query("training.runs", { projectId }, Runs);
    return { state: run!.error ?? run!.state, done: run!.report ?? undefined };
  });
}

/** Asks twice a second until there is something. Throws with the state where it failed or was cancelled. */
async function ends<T>(what: string, look: () => Promise<{ state: string; done: T | undefined }>): Promise<T> {
  for (;;) {
    const { state, done } = await look();
    if (done !== undefined) return done;
    if (/FAILED|CANCELLED|cannot be used/.test(state)) throw new Error(`${what} ended as ${state}.`);
    await pause(500);
  }
}
