// A worker process of its own, to be killed: takes a training, says so, and never ends.
import { createWorkers } from "../../src";

const hang = () => new Promise<void>(() => {});
createWorkers({
  ...JSON.parse(process.argv[2] ?? "{}"),
  services: {},
  handlers: {
    "import-file": hang,
    "prepare-backbone": hang,
    "consider-retraining": hang,
    "train-reward-model": ({ runId }) => {
      console.log(`took ${runId}`);
      return hang();
    },
  },
});
