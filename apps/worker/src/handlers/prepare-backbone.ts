import { statfs } from "node:fs/promises";
import { totalmem } from "node:os";
import { type Backbone, BackboneStopped, NotFound } from "@borda/database";
import type { BackboneFacts, BackboneId } from "@borda/preferences";
import { type Handler, PermanentFailure, type prepareBackbone } from "@borda/queue";
import { inspectBackbone } from "@borda/reward-model";
import { backboneFailureOf, isFinal } from "../backbones/failure";
import { locateBackbone } from "../backbones/locate";
import { keepProgress } from "../backbones/progress";
import { isOutage } from "../outage";
import type { Services } from "../services";

/**
 * Fetches a backbone and looks at it: READY with its facts and its commit, or FAILED with what to do. A delivery after a
 * kill goes on where the download ended; a cancelled one stops and keeps what has arrived.
 */
export const handle: Handler<typeof prepareBackbone, Services> = async ({ backboneId }, context) => {
  const { database, signal, lastAttempt, log } = context;
  const backbone = await start(context, backboneId);
  if (!backbone) return;
  try {
    await prepare(backbone, context);
  } catch (error) {
    if (error instanceof BackboneStopped) return log.info({ backboneId, state: error.state }, "backbone stopped");
    if (signal.aborted || isOutage(error) || (!isFinal(error) && !lastAttempt)) throw error;
    const failure = backboneFailureOf(error);
    log.info({ backboneId, source: backbone.source, err: error }, "backbone refused");
    await database.backbones.fail(backboneId, failure);
    throw new PermanentFailure(error instanceof Error ? error : new Error(String(error)));
  }
};

/** The backbone, now FETCHING; null when nobody wants it any more. */
async function start({ database }: Services, backboneId: BackboneId): Promise<Backbone | null> {
  try {
    return await database.backbones.start(backboneId);
  } catch (error) {
    if (error instanceof BackboneStopped) return null;
    throw error instanceof NotFound ? new PermanentFailure(error) : error;
  }
}

async function prepare({ id, source }: Backbone, context: Services & { readonly signal: AbortSignal }): Promise<void> {
  const { database, hub, home, log } = context;
  const keeper = keepProgress(database.backbones, id, log);
  try {
    const signal = AbortSignal.any([context.signal, keeper.signal]);
    const { path, pinned } = await locateBackbone(source, { ...hub, signal, onProgress: keeper.tell });
    keeper.close();
    await database.backbones.check(id);
    const facts = { ...(await inspectBackbone(path)), machine: await machineOf(home) };
    await database.backbones.finish(id, { pinned, facts });
    log.info({ backboneId: id, source, pinned }, "backbone ready");
  } finally {
    keeper.close();
  }
}

async function machineOf(home: string): Promise<BackboneFacts["machine"]> {
  const { bavail, bsize } = await statfs(home);
  return {
    memory: Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY),
    disk: bavail * bsize,
  };
}
