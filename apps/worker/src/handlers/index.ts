import type { Handlers } from "@borda/queue";
import type { Services } from "../services";
import { handle as considerRetraining } from "./consider-retraining";
import { handle as importFile } from "./import-file";
import { handle as prepareBackbone } from "./prepare-backbone";
import { handle as trainRewardModel } from "./train-reward-model";

/** Every job's handler. */
export const handlers: Handlers<Services> = {
  "import-file": importFile,
  "prepare-backbone": prepareBackbone,
  "train-reward-model": trainRewardModel,
  "consider-retraining": considerRetraining,
};
