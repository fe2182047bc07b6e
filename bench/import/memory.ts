import { execFile } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Resident memory of processes by name, in bytes. */
export type Resident = Readonly<Record<string, number>>;

/** Watches processes (ids by name) while `work` goes on; the most that each had resident, looked at five times a second. */
export async function peakWhile<T>(
  processes: Readonly<Record<string, number>>,
  work: () => Promise<T>,
): Promise<{ result: T; peak: Resident }> {
  const peak: Record<string, number> = {};
  let over = false;
  const watch = async () => {
    while (!over) {
      for (const [name, bytes] of Object.entries(await residentOf(processes)))
        peak[name] = Math.max(peak[name] ?? 0, bytes);
      await pause(200);
    }
  };
  const watching = watch();
  try {
    return { result: await work(), peak };
  } finally {
    over = true;
    await watching;
  }
}

async function residentOf(processes: Readonly<Record<string, number>>): Promise<Resident> {
  const names = new Map(Object.entries(processes).map(([name, pid]) => [pid, name]));
  const { stdout } = await run("ps", ["-o", "pid=,rss=", "-p", [...names.keys()].join(",")]);
  const lines = stdout.trim().split("\n");
  return Object.fromEntries(
    lines.map((line) => {
      const [pid = 0, kibibytes = 0] = line.trim().split(/\s+/).map(Number);
      return [names.get(pid) ?? `${pid}`, kibibytes * 1024];
    }),
  );
}
