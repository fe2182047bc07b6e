import { parentPort } from "node:worker_threads";
import { loadScorer } from "@borda/reward-model";
import type { Answer, Order, PromptGroup, Score } from "./messages";

type Model = Awaited<ReturnType<typeof loadScorer>>;

/** The checkpoints that this thread can score with. */
const models = new Map<string, Model>();

async function obey(order: Order): Promise<Answer> {
  switch (order.type) {
    case "open":
      if (!models.has(order.checkpoint)) {
        const { cores: threads, precision } = order;
        models.set(order.checkpoint, await loadScorer(order.folder, { threads, precision }));
      }
      return { number: order.number, ok: true, scores: [] };
    case "close":
      await models.get(order.checkpoint)?.close();
      models.delete(order.checkpoint);
      return { number: order.number, ok: true, scores: [] };
    case "score":
      return { number: order.number, ok: true, scores: await score(order.checkpoint, order.groups) };
  }
}

async function score(checkpoint: string, groups: readonly PromptGroup[]): Promise<readonly (readonly Score[])[]> {
  const model = models.get(checkpoint);
  if (!model) throw new Error(`checkpoint ${checkpoint} is not open here`);
  return model.scoreGroups(groups);
}

// One order after the other: a checkpoint is not closed under a batch that is on it.
let last = Promise.resolve();
parentPort?.on("message", (order: Order) => {
  last = last.then(async () => {
    const answer = await obey(order).catch(
      (error: unknown): Answer => ({
        number: order.number,
        ok: false,
        message: error instanceof Error ? error.message : String(error),
      }),
    );
    parentPort?.postMessage(answer);
  });
});
