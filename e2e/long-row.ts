/** What a model might write at length: prose, a list, a table, code, a formula, a long word. About 2000 characters. */
function longCompletion(number: number): string {
  const paragraphs = Array.from(
    { length: 4 },
    (_, index) =>
      `Variant ${number}, paragraph ${index + 1}. A queue hands out each thing once, in the order in which the things came; a stack hands out the newest first. Which of them fits depends on what may wait: a printer's pages want a queue, an editor's undo wants a stack, and a search may take either and only changes the order of its visits.`,
  );
  return [
    `## Queues and stacks, take ${number}`,
    ...paragraphs.slice(0, 2),
    "- `push` adds to the end\n- `shift` takes from the front, and costs time where the list is an array\n- see <https://example.org/a/very/long/address/without/any/place/to/break/it/whatever/the/width/of/the/page>",
    "```python\nfrom collections import deque\n\ndef breadth_first(start, neighbours, seen=frozenset()):\n    queue = deque([start])  # a line that is long enough to need a scroll bar of its own in a narrow column\n    while queue:\n        yield queue.popleft()\n```",
    "| structure | takes | good for |\n|---|---|---|\n| queue | the oldest | printers, fair turns, breadth first search |\n| stack | the newest | undo, nested calls, depth first search |",
    ...paragraphs.slice(2),
    `The mean wait is $W = L / \\lambda$, with ${"Donaudampfschifffahrtsgesellschaft".repeat(3)} as its longest word.`,
  ].join("\n\n");
}

/** A chat whose nine completions have about 2000 characters each; another `topic` is another prompt. */
export function longRow(topic = "a stack"): object {
  return {
    prompt: [
      { role: "system", content: "You explain computer science to beginners." },
      { role: "user", content: "What is a queue?" },
      { role: "assistant", content: "A line in which things wait for their turn." },
      { role: "user", content: `And how does it differ from ${topic}? Show \`code\`, and say when I would use which.` },
    ],
    completions: Array.from({ length: 9 }, (_, index) => ({
      text: longCompletion(index + 1),
      model: `policy-${index}`,
    })),
  };
}
