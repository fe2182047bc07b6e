import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createDatabase, type Database, startEmbeddedPostgres } from "@borda/database";
import { type RunningBorda, startBorda } from "@borda/scripts/testing";
import { z } from "zod";
import { closing } from "../closing";
import { type Session, signIn, visitor } from "../session";
import { type BordaLabeler, bordaLabeler } from "./borda-labeler";
import { promptRows } from "./prompts";

/** A Borda of its own for the load, and its database to look into afterwards. */
export interface House {
  readonly borda: RunningBorda;
  readonly database: Database;
  readonly admin: Session;
  close(): Promise<void>;
}

export async function openHouse(): Promise<House> {
  const folder = await mkdtemp(join(tmpdir(), "borda-bench-"));
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, "postgres") });
  const stopPostgres = closing(async () => {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  });
  try {
    const borda = await startBorda({ home: join(folder, "home"), env: { DATABASE_URL: postgres.url } });
    const database = createDatabase(postgres.url);
    const close = closing(async () => {
      await database.close();
      await borda.stop();
      await stopPostgres();
    });
    return { borda, database, admin: await signIn(borda.webUrl, borda.admin, 0), close };
  } catch (error) {
    await stopPostgres();
    throw error;
  }
}

/** Makes a project and imports `prompts` prompts of `k` completions through web and worker; gives its id. */
export async function fillProject(
  { borda, admin }: House,
  { name, prompts, k, overlap }: { name: string; prompts: number; k: number; overlap: number },
): Promise<string> {
  const form = { name, guidelines: "Rank.", kMin: 2, kMax: 9, rankingsWanted: overlap };
  const { projectId } = await admin.mutate("projects.create", form, z.object({ projectId: z.string() }));
  const lines = Array.from(promptRows(prompts, k), (row) => `${JSON.stringify(row)}\n`);
  const url = new URL("/api/imports", borda.webUrl);
  url.search = new URLSearchParams({ projectId, fileName: "load.jsonl" }).toString();
  const reply = await fetch(url, {
    method: "POST",
    headers: { cookie: admin.cookie, origin: borda.webUrl, "content-type": "application/octet-stream" },
    body: lines.join(""),
  });
  if (!reply.ok) throw new Error(`The upload was refused: ${reply.status} ${await reply.text()}`);
  const { importId } = z.object({ importId: z.string() }).parse(await reply.json());
  await untilImported(admin, importId, prompts);
  return projectId;
}

const importWithinSeconds = 300;

async function untilImported(admin: Session, importId: string, prompts: number): Promise<void> {
  const State = z.object({ state: z.string(), prompts: z.number(), error: z.string().nullable() });
  const deadline = Date.now() + importWithinSeconds * 1000;
  for (;;) {
    const found = await admin.query("imports.get", { importId }, State);
    if (found.state === "FINISHED" && found.prompts === prompts) return;
    if (!["UPLOADED", "QUEUED", "RUNNING"].includes(found.state) || Date.now() > deadline) {
      throw new Error(`The import did not finish: ${JSON.stringify(found)}`);
    }
    await pause(250);
  }
}

const password = "labels-all-day";

/** People who came by the project's invitation link and signed in. */
export async function inviteLabelers(
  { borda, admin }: House,
  projectId: string,
  count: number,
): Promise<BordaLabeler[]> {
  const Link = z.object({ link: z.string() });
  const { link } = await admin.mutate("labelers.createInvite", { projectId, days: 1, uses: count }, Link);
  const token = link.split("/").at(-1);
  const labelers: BordaLabeler[] = [];
  for (let number = 1; number <= count; number++) {
    const email = `labeler-${number}@${projectId}.test`;
    const person = { token, name: `Labeler ${number}`, email, password };
    await visitor(borda.webUrl).mutate("accounts.acceptInvite", person, z.object({ joined: z.literal(true) }));
    const session = await signIn(borda.webUrl, { email, password }, number);
    labelers.push(bordaLabeler(borda.webUrl, projectId, email, session));
  }
  return labelers;
}
