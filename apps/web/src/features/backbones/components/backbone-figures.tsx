import { type BackboneFacts, backboneNeeds, type Pooling, type Recipe } from "@borda/preferences";
import { Figure } from "@/components/ui/figure";
import { formatBytes, formatCompact, formatCount } from "@/components/ui/numbers";

const poolings: Record<Pooling, string> = {
  mean: "mean",
  completion: "completion's mean",
  last: "last token",
  cls: "first token",
};

/** What a backbone weighs, and what the recipe needs of it beside what the worker's machine has. */
export function BackboneFigures({
  facts,
  recipe,
  completionsAPrompt,
}: {
  facts: BackboneFacts;
  recipe: Recipe | undefined;
  completionsAPrompt: number;
}) {
  return (
    <>
      <div className="grid grid-cols-2 gap-3 sm:grid-cols-4">
        <Figure label="Architecture" value={facts.modelType} note={`${facts.layers} layers of ${facts.hiddenSize}`} />
        <Figure
          label="Weights"
          value={formatCompact(facts.parameters)}
          note={`${formatBytes(facts.bytes)} as ${facts.dtypes.join(", ")}`}
        />
        <Figure label="Longest input" value={formatCount(facts.maxLength)} unit="tokens" />
        <Figure label="Vocabulary" value={formatCount(facts.vocabularySize)} note="tokenizer read" />
      </div>
      {recipe ? <Needs facts={facts} recipe={recipe} completionsAPrompt={completionsAPrompt} /> : null}
      <p className="text-xs text-faint">
        Every field of its config is followed{facts.head.length > 0 ? "; it brings a head, which is gone on from" : ""}
        {facts.leftOut.length > 0 ? `; ${formatCount(facts.leftOut.length)} tensors of other heads are left out` : ""}.
      </p>
    </>
  );
}

function Needs({
  facts,
  recipe,
  completionsAPrompt,
}: {
  facts: BackboneFacts;
  recipe: Recipe;
  completionsAPrompt: number;
}) {
  const { training, scoring, checkpoint, resume } = backboneNeeds(facts, recipe, completionsAPrompt);
  const { memory, disk } = facts.machine;
  const model = training.weights + training.gradients + training.moments;
  return (
    <>
      <div className="grid grid-cols-2 gap-3 sm:grid-cols-4">
        <Figure
          label="Memory to train"
          value={formatBytes(training.total)}
          note={`about: ${formatBytes(model)} weights, gradients and moments, ${formatBytes(training.activations)} activations, ${formatBytes(training.process)} besides`}
        />
        <Figure label="Memory to score" value={formatBytes(scoring)} />
        <Figure
          label="Disk"
          value={formatBytes(checkpoint)}
          note={`a checkpoint; ${formatBytes(resume)} more while it trains`}
        />
        <Figure label="The worker has" value={formatBytes(memory)} note={`memory; ${formatBytes(disk)} of disk free`} />
      </div>
      {training.total > memory ? (
        <Warning>
          This recipe needs more memory than the worker's machine has: lower the tokens a batch or the longest input,
          have layers computed again, or train less than all weights.
        </Warning>
      ) : null}
      {checkpoint + resume > disk ? (
        <Warning>A run would not fit on the worker's disk: free some space first.</Warning>
      ) : null}
      {recipe.pooling === "usual" || facts.poolings.includes(recipe.pooling) ? null : (
        <Warning>
          Its states suit these poolings: {facts.poolings.map((pooling) => poolings[pooling]).join(", ")}. The recipe
          says {poolings[recipe.pooling]}.
        </Warning>
      )}
    </>
  );
}

function Warning({ children }: { children: React.ReactNode }) {
  return <p className="rounded bg-warn-wash px-2 py-1 text-xs text-warn">{children}</p>;
}
