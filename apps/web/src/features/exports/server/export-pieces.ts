import type { RankedGroup } from "@borda/database";
import { bordaLines, comparisonLines } from "@borda/datasets";
import type { ExportKind } from "../views";

const linesOf = { borda: bordaLines, comparisons: comparisonLines } as const satisfies Record<ExportKind, unknown>;

/** Characters sent at once at least: of short lines many, of a long one that alone. */
const PIECE = 65_536;

/** A file of groups, piece by piece; what is held does not grow with the project. */
export async function* exportPieces(groups: AsyncIterable<RankedGroup>, as: ExportKind): AsyncGenerator<string> {
  let piece = "";
  for await (const { group } of groups) {
    for (const line of linesOf[as](group)) {
      piece += `${line}\n`;
      if (piece.length < PIECE) continue;
      yield piece;
      piece = "";
    }
  }
  if (piece !== "") yield piece;
}
