/** Where a backbone comes from, as a recipe's `backbone` says it. */
export type BackboneSource =
  | { readonly kind: "starter" }
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "hub"; readonly repository: string; readonly revision: string };

const hubModel = /^hub:([\w.-]+\/[\w.-]+)(?:@([\w./-]+))?$/;

/** Reads "starter", "hub:ORG/NAME@REVISION" (a branch, a tag or a commit; "main" where left out) or a folder's path; null for none of them. */
export function readBackboneSource(spec: string): BackboneSource | null {
  if (spec === "starter") return { kind: "starter" };
  if (!spec.startsWith("hub:")) return spec.trim() === "" ? null : { kind: "folder", path: spec };
  const [, repository, revision = "main"] = hubModel.exec(spec) ?? [];
  return repository === undefined ? null : { kind: "hub", repository, revision };
}

/** The one way to write a source: `readBackboneSource` gives it back. */
export function writeBackboneSource(source: BackboneSource): string {
  switch (source.kind) {
    case "starter":
      return "starter";
    case "folder":
      return source.path;
    case "hub":
      return `hub:${source.repository}@${source.revision}`;
  }
}

/** Whether a revision names one state for ever: a commit's whole hash. */
export function isCommit(revision: string): boolean {
  return /^[0-9a-f]{40}$/.test(revision);
}
