import { Prompt } from "@borda/preferences";
import { z } from "zod";
import type { PromptGroup } from "../inference/messages";
import { ScoringFailure } from "./errors";

/** Completions in one request; a caller with more sends several requests, and each has its fair share. */
export const mostCompletions = 4096;
/** Completions of one prompt: they are encoded together, with one cut of the prompt for all. */
export const mostCompletionsOfPrompt = 256;

const completion = z.string().min(1, "a completion is not empty");
const checkpoint = z.string().min(1).max(200).optional();

const OnePrompt = z.strictObject({ prompt: Prompt, completions: z.array(completion).min(1), checkpoint });
const Items = z.strictObject({
  items: z.array(z.strictObject({ prompt: Prompt, completion })).min(1),
  checkpoint,
});

/** What a caller asks for: scores of all completions of all groups, in this order. */
export interface ScoreRequest {
  readonly groups: readonly PromptGroup[];
  /** The caller pins this checkpoint instead of the published one. */
  readonly checkpoint?: string;
}

/** Reads the body of POST /v1/scores. Throws ScoringFailure: invalid_request with its field, or too_many_completions. */
export function parseRequest(body: string): ScoreRequest {
  const json = parseJson(body);
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw invalid("", 'the body is not a JSON object: send {"prompt": ..., "completions": [...]} or {"items": [...]}');
  }
  if ("items" in json && ("prompt" in json || "completions" in json)) {
    throw invalid("items", "items cannot stand beside prompt and completions: send one of the two forms");
  }
  return "items" in json ? parseItems(json) : parseOnePrompt(json);
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw invalid("", `the body is not JSON (${error instanceof Error ? error.message : String(error)})`);
  }
}

function parseOnePrompt(json: object): ScoreRequest {
  refuseTooMany((json as { completions?: unknown }).completions, mostCompletionsOfPrompt, "completions of one prompt");
  const { prompt, completions, checkpoint } = check(OnePrompt, json);
  return { groups: [{ prompt, completions }], ...(checkpoint === undefined ? {} : { checkpoint }) };
}

function parseItems(json: object): ScoreRequest {
  refuseTooMany((json as { items?: unknown }).items, mostCompletions, "items");
  const { items, checkpoint } = check(Items, json);
  const groups = items.map(({ prompt, completion }) => ({ prompt, completions: [completion] }));
  return { groups, ...(checkpoint === undefined ? {} : { checkpoint }) };
}

function refuseTooMany(list: unknown, most: number, what: string): void {
  if (!Array.isArray(list) || list.length <= most) return;
  throw new ScoringFailure(
    "too_many_completions",
    `${list.length} ${what} are more than the ${most} that one request may hold: send several requests.`,
  );
}

function check<T>(schema: z.ZodType<T>, json: object): T {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const { path, message } = deepest(result.error.issues);
  throw invalid(path, message);
}

type Issue = z.core.$ZodIssue;

/** The first problem, named as deep as it goes: inside a union, the branch that fits furthest tells most. */
function deepest(issues: readonly Issue[], above: readonly PropertyKey[] = []): { path: string; message: string } {
  const [issue] = issues;
  if (issue === undefined) return { path: fieldName(above), message: "is not as it should be" };
  const path = [...above, ...issue.path];
  if (issue.code === "unrecognized_keys") {
    return { path: fieldName([...path, issue.keys[0] ?? ""]), message: "is not a field of this request: remove it" };
  }
  if (issue.code === "invalid_union") {
    const branches = issue.errors.filter((branch) =>
      branch.some((inner) => inner.path.length > 0 || !isWrongType(inner)),
    );
    const [branch] = branches;
    if (branch) return deepest(branch, path);
    return { path: fieldName(path), message: "is neither a text nor a list of chat messages {role, content}" };
  }
  return { path: fieldName(path), message: issue.message };
}

function isWrongType(issue: Issue): boolean {
  return issue.code === "invalid_type";
}

/** ["items", 3, "prompt", 0, "role"] becomes items[3].prompt[0].role. */
function fieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>((name, part) => {
    if (typeof part === "number") return `${name}[${part}]`;
    return name === "" ? String(part) : `${name}.${String(part)}`;
  }, "");
}

function invalid(field: string, problem: string): ScoringFailure {
  return new ScoringFailure("invalid_request", field === "" ? sentence(problem) : `${field}: ${problem}`, { field });
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
