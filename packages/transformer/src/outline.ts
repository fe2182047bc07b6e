import type { Model, Weights } from "./backbone";
import { readArchitecture } from "./checkpoint";
import { describeModel, type ModelDescription } from "./describe";
import { type Joining, readTokenizer } from "./hugging-face-tokenizer";
import type { Tokenizer } from "./tokenizer";

/** A checkpoint's folder without the values of its weights: enough to build its graph, whatever its size. */
export interface ModelOutline {
  readonly description: ModelDescription;
  /** Its weights have their shapes, and no data. */
  readonly model: Model;
  readonly tokenizer: Tokenizer;
  readonly joining: Joining;
}

/** Reads what can be read without the weights, and checks it as readCheckpoint does; throws what that throws. */
export async function readOutline(folder: string): Promise<ModelOutline> {
  const description = await describeModel(folder);
  const architecture = await readArchitecture(folder);
  const weights: Weights = new Map(
    [...architecture.weightShapes].map(([name, shape]) => [name, { shape, data: new Float32Array() }]),
  );
  const model = architecture.model({ weights, head: new Map() });
  return {
    description,
    model,
    tokenizer: await readTokenizer(folder, architecture.joining),
    joining: architecture.joining,
  };
}
