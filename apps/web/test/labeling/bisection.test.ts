import { CompletionId } from "@borda/preferences";
import fc from "fast-check";
import { expect, test } from "vitest";
import { answer, startBisection, tierAsked } from "@/features/labeling/bisection";
import { rankingReducer, startRanking, stillToRank } from "@/features/labeling/ranking-state";

const ids = [..."ABCDEFGHI"].map((letter) => CompletionId.parse(letter));

test("answers by a hidden taste build exactly its weak order, with at most ceil(log2(n + 1)) questions each", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(4), { minLength: 2, maxLength: 9 }), (taste) => {
      const liking = new Map(ids.slice(0, taste.length).map((id, i) => [id, taste[i]!]));
      let state = startRanking([...liking.keys()]);
      for (const id of stillToRank(state)) {
        let step: ReturnType<typeof answer> = startBisection(state.ranking, id);
        let questions = 0;
        while (!("type" in step)) {
          const asked = tierAsked(step);
          const other = asked === null ? undefined : state.ranking.tiers[asked]?.[0];
          const gap = other === undefined ? 0 : liking.get(id)! - liking.get(other)!;
          if (other !== undefined) questions += 1;
          step = answer(step, gap > 0 ? "better" : gap < 0 ? "worse" : "tie");
        }
        expect(questions).toBeLessThanOrEqual(Math.ceil(Math.log2(state.ranking.tiers.length + 1)));
        state = rankingReducer(state, step);
      }
      const expected = [...new Set(taste)].toSorted((x, y) => y - x);
      expect(state.ranking.tiers.map((tier) => liking.get(tier[0]!))).toEqual(expected);
      for (const tier of state.ranking.tiers) expect(new Set(tier.map((id) => liking.get(id))).size).toBe(1);
    }),
    { numRuns: 500 },
  );
});
