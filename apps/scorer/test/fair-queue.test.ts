import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FairQueue } from "../src/inference/fair-queue";

const always = () => true;

/** Takes pieces until `count` are there. */
function upTo(count: number): () => boolean {
  let left = count;
  return () => left-- > 0;
}

describe("the fair queue", () => {
  it("serves a small request among the first pieces of a large one", () => {
    const queue = new FairQueue<string>();
    queue.add("slow", {}, ["s0", "s1", "s2", "s3", "s4"]);
    queue.add("quick", {}, ["q0"]);
    expect(queue.take(upTo(2))).toEqual(["s0", "q0"]);
    expect(queue.take(upTo(2))).toEqual(["s1", "s2"]);
  });

  it("gives a caller with many requests no more turns than a caller with one", () => {
    const queue = new FairQueue<string>();
    for (let request = 0; request < 10; request++) queue.add("many", {}, [`m${request}`]);
    queue.add("one", {}, ["o0", "o1"]);
    expect(queue.take(upTo(4))).toEqual(["m0", "o0", "m1", "o1"]);
  });

  it("passes over what does not fit, which keeps its turn", () => {
    const queue = new FairQueue<number>();
    queue.add("a", {}, [100]);
    queue.add("b", {}, [1, 2]);
    expect(queue.take((piece) => piece < 10)).toEqual([1, 2]);
    expect(queue.peek()).toBe(100);
    expect(queue.take(always)).toEqual([100]);
  });

  it("forgets a request whose caller hung up, and nobody else's", () => {
    const queue = new FairQueue<string>();
    const request = {};
    queue.add("a", request, ["a0", "a1"]);
    queue.add("a", {}, ["b0"]);
    expect(queue.take(upTo(1))).toEqual(["a0"]);
    expect(queue.cancel(request)).toBe(1);
    expect(queue.cancel(request)).toBe(0);
    expect(queue.take(always)).toEqual(["b0"]);
    expect(queue.size).toBe(0);
  });

  it("counts what waits, of all and of one caller", () => {
    const queue = new FairQueue<string>();
    queue.add("a", {}, ["a0", "a1"]);
    queue.add("b", {}, ["b0"]);
    queue.take(upTo(1));
    expect([queue.size, queue.sizeOf("a"), queue.sizeOf("b"), queue.sizeOf("c")]).toEqual([2, 1, 1, 0]);
  });

  it("loses, repeats and reorders nothing, however requests and batches fall", () => {
    const requests = fc.array(
      fc.record({ caller: fc.constantFrom("a", "b", "c"), pieces: fc.integer({ min: 1, max: 6 }) }),
    );
    fc.assert(
      fc.property(requests, fc.integer({ min: 1, max: 5 }), (lengths, batch) => {
        const queue = new FairQueue<readonly [number, number]>();
        for (const [request, { caller, pieces }] of lengths.entries()) {
          queue.add(
            caller,
            {},
            Array.from({ length: pieces }, (_, piece) => [request, piece] as const),
          );
        }
        const taken: (readonly [number, number])[] = [];
        while (queue.size > 0) {
          const some = queue.take(upTo(batch));
          expect(some.length).toBeGreaterThan(0);
          taken.push(...some);
        }
        for (const [request, { pieces }] of lengths.entries()) {
          const own = taken.filter(([of]) => of === request).map(([, piece]) => piece);
          expect(own).toEqual(Array.from({ length: pieces }, (_, piece) => piece));
        }
      }),
    );
  });
});
