import type { z } from "zod";

/** Problems of a form by the dotted path of the field, the first of each, in sentences for people. */
export function problemsOf(error: z.ZodError | undefined): Record<string, string> {
  const problems: Record<string, string> = {};
  for (const issue of error?.issues ?? []) problems[issue.path.join(".")] ??= sayIssue(issue);
  return problems;
}

/** A schema's own words, or ours for what zod says in terms of types. */
function sayIssue(issue: z.core.$ZodIssue): string {
  if (!/^(Invalid input|Too big|Too small)/.test(issue.message)) return issue.message;
  switch (issue.code) {
    case "invalid_type":
      return issue.expected === "int" ? "Give a whole number." : "Give a number.";
    case "too_big":
      return `${issue.inclusive ? "At most" : "Less than"} ${issue.maximum}${charactersOf(issue)}.`;
    case "too_small":
      return `${issue.inclusive ? "At least" : "More than"} ${issue.minimum}${charactersOf(issue)}.`;
    default:
      return issue.message;
  }
}

function charactersOf(issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall): string {
  if (issue.origin !== "string") return "";
  return (issue.code === "too_big" ? issue.maximum : issue.minimum) === 1 ? " character" : " characters";
}

/** The number in a text field; NaN for none, so that an empty field is no 0. */
export function numberIn(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}
