/** What an example needs to work as it stands. */
export interface ExampleSetting {
  /** Address of the scorer as its callers reach it, without a slash at its end. */
  readonly scorerUrl: string;
  /** The key itself while it is shown once; afterwards null, and the examples read BORDA_KEY from the environment. */
  readonly key: string | null;
}

export interface Example {
  readonly language: "curl" | "Python" | "TypeScript";
  /** Grammar for the highlighter. */
  readonly grammar: "bash" | "python" | "typescript";
  readonly code: string;
}

const prompt = "Why is the sky blue?";
const completions = ["Air scatters blue light more than red light.", "Because it reflects the ocean."] as const;

/** The same request in three languages, none of which needs a package: one prompt, two completions, a reward each. */
export function scoreExamples(setting: ExampleSetting): Example[] {
  return [
    { language: "curl", grammar: "bash", code: curl(setting) },
    { language: "Python", grammar: "python", code: python(setting) },
    { language: "TypeScript", grammar: "typescript", code: typescript(setting) },
  ];
}

function curl({ scorerUrl, key }: ExampleSetting): string {
  return `${key ? `BORDA_KEY='${key}'\n` : ""}curl -sS "${scorerUrl}/v1/scores" \\
  -H "Authorization: Bearer $BORDA_KEY" \\
  -H "Content-Type: application/json" \\
  -d '${JSON.stringify({ prompt, completions }, null, 2)}'`;
}

function python({ scorerUrl, key }: ExampleSetting): string {
  return `import json
${key ? "" : "import os\n"}import urllib.request

key = ${key ? JSON.stringify(key) : 'os.environ["BORDA_KEY"]'}
request = urllib.request.Request(
    "${scorerUrl}/v1/scores",
    data=json.dumps({
        "prompt": ${JSON.stringify(prompt)},
        "completions": [
${listed(12)}
        ],
    }).encode(),
    headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
)
with urllib.request.urlopen(request) as reply:
    print(json.load(reply))`;
}

function typescript({ scorerUrl, key }: ExampleSetting): string {
  return `const key = ${key ? JSON.stringify(key) : "process.env.BORDA_KEY"};
const reply = await fetch("${scorerUrl}/v1/scores", {
  method: "POST",
  headers: { Authorization: \`Bearer \${key}\`, "Content-Type": "application/json" },
  body: JSON.stringify({
    prompt: ${JSON.stringify(prompt)},
    completions: [
${listed(6)}
    ],
  }),
});
if (!reply.ok) throw new Error(\`\${reply.status}: \${await reply.text()}\`);
console.log(await reply.json());`;
}

function listed(indent: number): string {
  return completions.map((text) => `${" ".repeat(indent)}${JSON.stringify(text)},`).join("\n");
}
