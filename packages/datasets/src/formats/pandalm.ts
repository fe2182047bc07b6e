import { assembleRow, type ReadRanking } from "../assemble";
import { anyTextAt, integerAt, type JsonObject, kindOf, objectAt, optionalTextAt, textAt } from "../fields";
import { type DatasetFormat, shareWith } from "../format";
import { RowProblem } from "../row";

const ANNOTATORS = ["annotator1", "annotator2", "annotator3"] as const;

/**
 * PandaLM's test set (Wang et al. 2023), one JSON list: instruction, input, response1 and response2, and the verdict of
 * three annotators: 1 or 2 for the better one, 0 for a tie. Three rankings a row. cmp_key names the two models.
 */
export const pandalm: DatasetFormat = {
  name: "pandalm",
  title: "PandaLM pairs",
  recognise: (sample) => shareWith(sample, "instruction", "response1", "response2"),
  *read(value, line) {
    const record = objectAt(value, "");
    const instruction = textAt(record.instruction, "instruction");
    const input = anyTextAt(record.input ?? "", "input");
    const models = modelsOf(record);
    const completions = (["response1", "response2"] as const).map((field, index) => ({
      text: textAt(record[field], field),
      model: models?.[index],
      field,
    }));
    yield assembleRow(
      line,
      `${instruction}\n${input}`.trim(),
      completions,
      ANNOTATORS.map((name) => verdict(record, name)),
    );
  },
};

function verdict(record: JsonObject, labeler: string): ReadRanking {
  const value = record[labeler];
  const remedy = "Write 1 or 2 for the better response, or 0 for a tie.";
  if (typeof value !== "number") throw new RowProblem(labeler, `is ${kindOf(value)}`, remedy);
  const winner = integerAt(value, labeler);
  if (winner > 2) throw new RowProblem(labeler, `is ${winner}`, remedy);
  return { labeler, tiers: winner === 0 ? [[0, 1]] : winner === 1 ? [[0], [1]] : [[1], [0]], field: labeler };
}

/** "bloom-7b_opt-7b" names the models of response1 and response2; a key of another form names none. */
function modelsOf(record: JsonObject): readonly string[] | undefined {
  const names = optionalTextAt(record.cmp_key, "cmp_key")?.split("_");
  return names?.length === 2 && names.every((name) => name !== "") ? names : undefined;
}
