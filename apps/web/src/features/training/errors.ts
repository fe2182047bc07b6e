/** There are no comparisons on the side of the split that is trained on. */
export class NothingToTrainOn extends Error {
  readonly code = "NOTHING_TO_TRAIN_ON";
  constructor(rankings: number) {
    super(
      rankings === 0
        ? "There is no ranking to train on yet. Rank some prompts or import rankings first."
        : "No comparison falls on the training side of the split. Collect more rankings, or hold out less.",
    );
    this.name = "NothingToTrainOn";
  }
}
