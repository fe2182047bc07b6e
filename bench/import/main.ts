import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type RunningBorda, startBorda } from "@borda/scripts/testing";
import { z } from "zod";
import { common, count, optionsOf } from "../options";
import { type Session, signIn } from "../session";
import { upload } from "../upload";
import { type ImportFile, writeFile } from "./files";
import { peakWhile, type Resident } from "./memory";

/** What one import took. */
interface Figures {
  readonly file: string;
  readonly bytes: number;
  readonly textBytes: number;
  readonly rows: number;
  readonly uploadSeconds: number;
  readonly importSeconds: number;
  readonly peak: Resident;
}

/** A large import may take so much more than a small one: what a collector leaves lying about, and no more. */
const allowance = 160e6;
const say = (line: string) => process.stderr.write(`${line}\n`);

/**
 * Imports of `--megabytes N` (1000) and of 1 MB, plain and gzip, as a browser uploads them, through web and worker of a
 * whole Borda. True when the large ones took no more memory than the small ones. `--json` for the figures alone.
 */
export async function run(argv: readonly string[]): Promise<boolean> {
  const options = optionsOf(argv, { megabytes: count.default(1000), json: common.json });
  const folder = await mkdtemp(join(tmpdir(), "borda-bench-"));
  const borda = await startBorda({ home: join(folder, "home") });
  try {
    const admin = await signIn(borda.webUrl, borda.admin, 0);
    const figures: Figures[] = [];
    for (const megabytes of [1, Math.max(2, options.megabytes)]) {
      for (const pack of ["plain", "gzip"] as const) {
        const path = join(folder, `${megabytes}-megabytes.jsonl${pack === "gzip" ? ".gz" : ""}`);
        say(`${basename(path)} ...`);
        const file = await writeFile(path, { textBytes: megabytes * 1e6, pack });
        const measured = await importOf(borda, admin, file);
        say(`  ${cellsOf(measured).slice(3).join(", ")}`);
        figures.push(measured);
        await rm(path);
      }
    }
    const grown = growth(figures);
    console.log(options.json ? JSON.stringify({ figures, grown }) : report(figures, grown));
    return grown.length === 0;
  } finally {
    await borda.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function importOf(borda: RunningBorda, admin: Session, file: ImportFile): Promise<Figures> {
  const name = basename(file.path);
  const form = { name, guidelines: "", kMin: 2, kMax: 9, rankingsWanted: 1 };
  const { projectId } = await admin.mutate("projects.create", form, z.object({ projectId: z.string() }));
  const { web = 0, worker = 0 } = borda.processes();
  const { result, peak } = await peakWhile({ web, worker }, async () => {
    const began = performance.now();
    const importId = await upload(borda.webUrl, admin, projectId, file.path);
    const uploaded = performance.now();
    await untilImported(admin, importId, file.rows);
    return { uploadSeconds: (uploaded - began) / 1000, importSeconds: (performance.now() - uploaded) / 1000 };
  });
  const { bytes, textBytes, rows } = file;
  return { file: name, bytes, textBytes, rows, ...result, peak };
}

async function untilImported(admin: Session, importId: string, rows: number): Promise<void> {
  const Story = z.object({ state: z.string(), prompts: z.number(), error: z.string().nullable() });
  for (;;) {
    const found = await admin.query("imports.get", { importId }, Story);
    if (found.state === "FINISHED" && found.prompts === rows) return;
    if (!["UPLOADED", "QUEUED", "RUNNING"].includes(found.state))
      throw new Error(`The import did not bring ${rows} prompts: ${JSON.stringify(found)}`);
    await pause(250);
  }
}

/** Processes that needed more for a large file than for the small ones. */
function growth(figures: readonly Figures[]): string[] {
  const [small, large] = [figures.slice(0, 2), figures.slice(2)];
  const most = (of: readonly Figures[], name: string) => Math.max(...of.map(({ peak }) => peak[name] ?? 0));
  return Object.keys(figures[0]?.peak ?? {}).flatMap((name) => {
    const more = most(large, name) - most(small, name);
    return more > allowance ? [`${name} took ${megabytes(more)} more for a large file than for a small one`] : [];
  });
}

function report(figures: readonly Figures[], grown: readonly string[]): string {
  const head = ["file", "on disk", "text", "rows", "upload", "import", "rows/s", "web, peak", "worker, peak"];
  const rows = figures.map(cellsOf);
  const table = [head, ...rows].map(([first = "", ...rest]) =>
    [first.padEnd(26), ...rest.map((cell) => cell.padStart(14))].join(""),
  );
  return [...table, ...(grown.length === 0 ? ["A large file needs no more memory than a small one."] : grown)].join(
    "\n",
  );
}

function cellsOf({ file, bytes, textBytes, rows, uploadSeconds, importSeconds, peak }: Figures): string[] {
  return [
    file,
    megabytes(bytes),
    megabytes(textBytes),
    `${rows}`,
    `${uploadSeconds.toFixed(1)} s`,
    `${importSeconds.toFixed(1)} s`,
    (rows / importSeconds).toFixed(0),
    megabytes(peak.web ?? 0),
    megabytes(peak.worker ?? 0),
  ];
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
