"use client";

import type { Prompt } from "@borda/preferences";
import { memo } from "react";
import { Markdown } from "@/components/markdown/markdown";
import { Badge } from "@/components/ui/badge";

const speakers = { system: "System", user: "User", assistant: "Assistant" } as const;

/** The prompt: its text, or the turns of the chat that the completions continue. */
export const PromptPanel = memo(function PromptPanel({ prompt }: { prompt: Prompt }) {
  return (
    <section aria-labelledby="prompt-heading" className="border-b px-4 py-3">
      <h2 id="prompt-heading" className="mb-2 eyebrow">
        Prompt
      </h2>
      <div className="text-base leading-[1.375rem]">
        {typeof prompt === "string" ? (
          <Markdown text={prompt} />
        ) : (
          <ol className="flex flex-col gap-2">
            {prompt.map(({ role, content }, turn) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the turns of one prompt never change their order.
              <li key={turn} className="flex flex-col items-start gap-1">
                <Badge tone={role === "user" ? "accent" : "neutral"}>{speakers[role]}</Badge>
                <div className="w-full">
                  <Markdown text={content} />
                </div>
              </li>
            ))}
          </ol>
        )}
      </div>
    </section>
  );
});
