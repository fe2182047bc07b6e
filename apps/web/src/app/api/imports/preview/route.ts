import { previewDataset } from "@borda/datasets";
import { PREVIEW_BYTES, type PreviewView } from "@/features/imports/views";
import { beginningOf, forAdmin } from "@/server/file-requests";

/** POST the beginning of a file: answers its format and first rows. Nothing is stored. */
export function POST(request: Request): Promise<Response> {
  return forAdmin(request, async () => {
    const beginning = await beginningOf(request.body, PREVIEW_BYTES);
    const { format, ignored, rows, issues } = await previewDataset(
      (async function* () {
        yield beginning;
      })(),
    );
    const preview: PreviewView = {
      format,
      ignored: [...ignored],
      issues: [...issues],
      rows: rows.map(({ line, group }) => ({
        line,
        prompt: group.prompt,
        completions: [...group.completions],
        rankings: group.rankings.map(({ labeler, tiers }) => ({ labeler, tiers: tiers.map((tier) => [...tier]) })),
      })),
    };
    return Response.json(preview);
  });
}
