import { BackboneStopped, type Backbones } from "@borda/database";
import type { BackboneId } from "@borda/preferences";
import type { HubProgress } from "@borda/reward-model";
import type { Logger } from "pino";

/** Writes down how far a fetching is, now and then, and hears that it was cancelled. */
export interface ProgressKeeper {
  /** Aborts with BackboneStopped. */
  readonly signal: AbortSignal;
  tell(progress: HubProgress): void;
  close(): void;
}

const EVERY_MS = 400;

/** Looks also while nothing arrives. An outage of the database does not hold the fetching up. */
export function keepProgress(backbones: Backbones, backboneId: BackboneId, log: Logger): ProgressKeeper {
  const stopped = new AbortController();
  let latest: HubProgress | undefined;
  let closed = false;
  let timer: NodeJS.Timeout;
  const look = async () => {
    try {
      await backbones.progress(backboneId, {
        file: latest?.file ?? null,
        files: latest?.files.done ?? 0,
        filesTotal: latest?.files.of ?? null,
        bytes: latest?.total.bytes ?? 0,
        bytesTotal: latest?.total.of ?? null,
      });
    } catch (error) {
      if (closed) return;
      if (error instanceof BackboneStopped) stopped.abort(error);
      else log.warn({ backboneId, err: error }, "the progress of a backbone waits for the database");
    }
    if (!closed && !stopped.signal.aborted) timer = setTimeout(look, EVERY_MS);
  };
  timer = setTimeout(look, EVERY_MS);
  return {
    signal: stopped.signal,
    tell(progress) {
      latest = progress;
    },
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
