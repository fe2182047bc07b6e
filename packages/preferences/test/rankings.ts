import * as fc from "fast-check";
import type { Ranking } from "../src";

/** A weak order over some of k completions: each has a tier or none, and at least one has. */
export const rankingOf = (k: number): fc.Arbitrary<Ranking<number>> =>
  fc
    .array(fc.option(fc.nat(k), { freq: 5 }), { minLength: k, maxLength: k })
    .filter((places) => places.some((place) => place !== null))
    .chain((places) => {
      const used = [...new Set(places.filter((place) => place !== null))].sort((p, q) => p - q);
      const tiers = used.map((tier) => places.flatMap((place, id) => (place === tier ? [id] : [])));
      return fc.option(fc.nat(tiers.length)).map((unacceptableFrom): Ranking<number> => ({ tiers, unacceptableFrom }));
    });

/** Some rankings of the same k completions. */
export const rankings = fc
  .integer({ min: 1, max: 8 })
  .chain((k) => fc.record({ k: fc.constant(k), list: fc.array(rankingOf(k), { minLength: 1, maxLength: 4 }) }));
