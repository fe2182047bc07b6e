/** A backbone's source as it is typed, whole or not yet. */
export interface SourceDraft {
  readonly kind: "starter" | "folder" | "hub";
  readonly path: string;
  readonly repository: string;
  readonly revision: string;
}

const nothing = { path: "", repository: "", revision: "" };

/** Reads what a recipe's draft says, whatever is missing in it. */
export function draftOfSource(spec: string): SourceDraft {
  if (spec === "starter") return { kind: "starter", ...nothing };
  if (!spec.startsWith("hub:")) return { kind: "folder", ...nothing, path: spec };
  const [repository = "", revision = ""] = spec.slice("hub:".length).split("@");
  return { kind: "hub", ...nothing, repository, revision };
}

/** A draft as the recipe has it; what is missing makes it no source. A repository may be given by its page's address. */
export function sourceIn({ kind, path, repository, revision }: SourceDraft): string {
  if (kind === "starter") return "starter";
  if (kind === "folder") return path;
  const name = repository.trim().replace(/^https?:\/\/[^/]+\//, "");
  return `hub:${name}${revision.trim() === "" ? "" : `@${revision.trim()}`}`;
}
