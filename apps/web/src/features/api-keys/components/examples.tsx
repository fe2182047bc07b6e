import "@/components/markdown/markdown.css";
import { CodeBlock } from "@/components/markdown/code-block";
import { Card } from "@/components/ui/card";
import { CopyButton } from "@/components/ui/copy-button";
import { Tabs } from "@/components/ui/tabs";
import { scoreExamples } from "../examples";

/** One request in three languages; with the key that was just made, else with BORDA_KEY. */
export function Examples({ scorerUrl, apiKey }: { scorerUrl: string; apiKey: string | null }) {
  return (
    <Card title="Ask for scores">
      <p className="mb-3 text-soft">
        {apiKey
          ? "With the key that you have just made; they work as they stand."
          : "They read the key from the environment variable BORDA_KEY."}
      </p>
      <Tabs
        label="Language of the example"
        tabs={scoreExamples({ scorerUrl, key: apiKey }).map(({ language, grammar, code }) => ({
          value: language,
          label: language,
          content: (
            <div className="flex flex-col gap-2">
              <div className="markdown">
                <CodeBlock code={code} language={grammar} />
              </div>
              <div className="flex justify-end">
                <CopyButton text={code} label={`Copy ${language}`} />
              </div>
            </div>
          ),
        }))}
      />
      <p className="mt-3 text-xs text-faint">
        <code className="font-mono">prompt</code> is a text or a list of chat messages; up to 4,096 completions in one
        request as <code className="font-mono">items</code>. <code className="font-mono">checkpoint</code> pins one. The
        answer names the checkpoint and has one reward a completion, in order.
      </p>
    </Card>
  );
}
