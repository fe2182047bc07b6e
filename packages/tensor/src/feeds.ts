import { dtypeOf, type Feeds, type TensorData, type Value } from "./data";
import { FeedMismatch } from "./errors";
import { elementCount } from "./ops/array";
import { type Bindings, resolveDim, shapeText } from "./shape";
import type { Tensor } from "./tensor";

/** Sizes of the named dimensions, read off the feeds of `leaves` (inputs and parameters); checks that all agree. */
export function bindDims(
  leaves: readonly Tensor[],
  feeds: Readonly<Record<string, Value<TensorData | Float64Array>>>,
): Bindings {
  const bindings = new Map<string, number>();
  for (const leaf of leaves) {
    const feed = feeds[leaf.name!];
    if (!feed) throw new FeedMismatch(`"${leaf.name}" ${shapeText(leaf.shape)} is not fed`);
    if (feed.dims.length !== leaf.shape.length || elementCount(feed.dims) !== feed.data.length)
      throw misfit(leaf, feed);
    leaf.shape.forEach((dim, axis) => {
      if (typeof dim === "string" && /^\w+$/.test(dim) && !bindings.has(dim)) bindings.set(dim, feed.dims[axis]!);
    });
  }
  for (const leaf of leaves) {
    const feed = feeds[leaf.name!]!;
    if (leaf.shape.some((dim, axis) => resolveDim(dim, bindings) !== feed.dims[axis]))
      throw misfit(leaf, feed, bindings);
  }
  return bindings;
}

export function isFed(tensor: Tensor): boolean {
  return tensor.name !== undefined;
}

export function feedsOf(leaves: readonly Tensor[], feeds: Feeds): [name: string, value: Value][] {
  bindDims(leaves, feeds);
  return leaves.map((leaf) => {
    const value = feeds[leaf.name!]!;
    const dtype = dtypeOf(value.data);
    if (dtype !== leaf.dtype) throw new FeedMismatch(`"${leaf.name}" takes ${leaf.dtype}, not ${dtype}`);
    return [leaf.name!, value];
  });
}

function misfit(leaf: Tensor, feed: Value<TensorData | Float64Array>, bindings?: Bindings): FeedMismatch {
  const known = bindings ? ` with ${[...bindings].map(([name, size]) => `${name} = ${size}`).join(", ")}` : "";
  return new FeedMismatch(
    `"${leaf.name}" is ${shapeText(leaf.shape)}${known}, but [${feed.dims.join(", ")}] with ${feed.data.length} elements was fed`,
  );
}

/** The values of these names, in their order. Throws FeedMismatch for a name that is not fed. */
export function fedBy(names: readonly string[], feeds: Feeds): (readonly [string, Value])[] {
  return names.map((name) => {
    const value = feeds[name];
    if (!value) throw new FeedMismatch(`"${name}" is not fed`);
    return [name, value];
  });
}
