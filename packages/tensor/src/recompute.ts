import { build, input } from "./build";
import { gradient } from "./gradient";
import { rewrite, withInputs } from "./rewrite";
import { type Tensor, topologicalOrder } from "./tensor";

/** Fed 0 to a graph that recomputes; a constant would be folded away, and with it the order that it makes. */
export const ZERO = "recompute/zero";

/**
 * `gradient` by recomputation (Chen et al. 2016, section 3): what a layer computed is thrown away once the next has it, and
 * computed again from the layer's inputs when the backward pass comes to it. The same gradients, one more forward pass,
 * and the memory of one layer's intermediate tensors beside the boundaries.
 *
 * boundaries[i]: every tensor that layer i and what follows read of what comes before, and gradients go through; views
 * are to be given as what they view. What follows the last boundary is kept.
 */
export function recomputing(boundaries: readonly (readonly Tensor[])[]): typeof gradient {
  const zero = input(ZERO, []);
  return (loss, parameters) => {
    const found = new Map<Tensor, Tensor>();
    const add = (sums: Map<Tensor, Tensor>, key: Tensor, term: Tensor) => {
      const sum = sums.get(key);
      sums.set(key, sum ? build.add(sum, term) : term);
    };
    let outputs: readonly Tensor[] = [loss];
    let adjoints: readonly Tensor[] | undefined;
    for (let at = boundaries.length; at >= 0; at--) {
      const inputs = boundaries[at - 1] ?? [];
      const below = new Set(topologicalOrder(inputs));
      const reached = inputs.filter((each) => topologicalOrder([each]).some((leaf) => parameters.includes(leaf)));
      const segment = cut(outputs, inputs);
      const own = topologicalOrder(segment.outputs).filter((leaf) => parameters.includes(leaf));
      const wanted = [...reached.map((each) => segment.standIns[inputs.indexOf(each)]!), ...own];
      const { objective, weights } = weighted(segment.outputs, adjoints);
      const slopes = gradient(objective, wanted);
      const first = adjoints?.[0];
      const actual = new Map<Tensor, Tensor>([
        // Where nothing is recomputed, what was computed is taken.
        ...(first
          ? segment.standIns.map((each, i) => [each, after(inputs[i]!, first, zero)] as const)
          : segment.origin),
        ...weights.map((each, i) => [each, adjoints![i]!] as const),
      ]);
      const real = rewrite(slopes, (tensor) => actual.get(tensor));
      own.forEach((leaf, i) => void add(found, leaf, real[reached.length + i]!));
      if (reached.length === 0 || !parameters.some((leaf) => below.has(leaf))) break;
      outputs = reached;
      adjoints = real.slice(0, reached.length);
    }
    return parameters.map((leaf) => found.get(leaf) ?? build.fill({ value: 0, shape: leaf.shape, dtype: "float32" }));
  };
}

/**
 * `gradient` that keeps some tensors of the forward pass only until it has read them, and computes them again when the
 * backward pass asks for them, from what it keeps (selective recomputation: Korthikanti et al. 2022, section 5). The same
 * gradients. isForgotten chooses among the tensors that the loss is made of; those that no other chosen one comes after are
 * kept, since the backward pass begins with them. ZERO is fed 0, as above.
 */
export function forgetting(isForgotten: (tensor: Tensor) => boolean): typeof gradient {
  const zero = input(ZERO, []);
  return (loss, parameters) => {
    const forward = topologicalOrder([loss]);
    const chosen = new Set(forward.filter(isForgotten));
    const below = new Set(topologicalOrder(chosen));
    const exitOf = exitsOf(forward, chosen);
    const forgotten = new Set([...chosen].filter((tensor) => below.has(exitOf.get(tensor)!)));
    const exits = [...new Set([...forgotten].map((tensor) => exitOf.get(tensor)!))].reverse();
    const adjoints = gradient(loss, [...exits, ...parameters]);
    const adjointOf = new Map(exits.map((exit, i) => [exit, adjoints[i]!] as const));
    const made = new Map<Tensor, Tensor>(forward.map((tensor) => [tensor, tensor]));
    const copies = new Map<Tensor, Tensor>();
    const copyOf = (x: Tensor): Tensor => {
      const copy = copies.get(x) ?? again(x);
      copies.set(x, copy);
      return copy;
    };
    const again = (tensor: Tensor): Tensor => {
      const first = made.get(adjointOf.get(exitOf.get(tensor)!)!);
      if (!first) return tensor;
      const inputs = tensor.inputs.map((x) => (forgotten.has(x) ? copyOf(x) : x));
      // Where nothing comes from a copy, what is computed again waits for the backward pass itself.
      const late = inputs.every((x, i) => x === tensor.inputs[i]) ? inputs.findIndex(canWait) : -1;
      return withInputs(
        tensor,
        inputs.map((x, i) => (i === late ? after(x, first, zero) : x)),
      );
    };
    // Adjoints of the last exit come first, and with them what the copies below it wait for.
    for (const tensor of topologicalOrder(adjoints)) {
      if (made.has(tensor)) continue;
      const inputs = tensor.inputs.map((x) => (forgotten.has(x) ? copyOf(x) : made.get(x)!));
      made.set(tensor, withInputs(tensor, inputs));
    }
    return adjoints.slice(exits.length).map((adjoint) => made.get(adjoint)!);
  };
}

/** For each chosen tensor the last one, chosen no more, that is made of it or of chosen ones that are. */
function exitsOf(forward: readonly Tensor[], chosen: ReadonlySet<Tensor>): Map<Tensor, Tensor> {
  const exitOf = new Map<Tensor, Tensor>();
  for (const tensor of [...forward].reverse()) {
    const exit = chosen.has(tensor) ? exitOf.get(tensor)! : tensor;
    for (const x of tensor.inputs) if (chosen.has(x) && !exitOf.has(x)) exitOf.set(x, exit);
  }
  return exitOf;
}

function canWait({ dtype, inputs }: Tensor): boolean {
  return dtype === "float32" && inputs.length > 0;
}

/** The graph of `outputs` with inputs of their own in place of the tensors `at`; `origin` is what each tensor was before. */
function cut(outputs: readonly Tensor[], at: readonly Tensor[]) {
  const standIns = at.map(({ shape, dtype }, i) => input(`recompute/input/${i}`, shape, dtype));
  const origin = new Map<Tensor, Tensor>();
  const severed = rewrite(outputs, (tensor, inputs) => {
    const made = standIns[at.indexOf(tensor)] ?? withInputs(tensor, inputs);
    origin.set(made, tensor);
    return made;
  });
  return { standIns, origin, outputs: severed };
}

/** A scalar whose adjoints of the outputs are the stand-ins `weights`; a scalar output's own is 1. */
function weighted(outputs: readonly Tensor[], adjoints: readonly Tensor[] | undefined) {
  if (!adjoints) return { objective: outputs[0]!, weights: [] };
  const weights = outputs.map(({ shape }, i) => input(`recompute/adjoint/${i}`, shape));
  const terms = outputs.map((output, i) => build.reduceSum(build.mul(output, weights[i]!)));
  return { objective: terms.reduce((sum, term) => build.add(sum, term)), weights };
}

/** x, known only after y is. */
function after(x: Tensor, y: Tensor, zero: Tensor): Tensor {
  let corner = y;
  for (let axis = 0; axis < y.shape.length; axis++) corner = build.slice(corner, { axis, start: 0, end: 1 });
  return build.add(x, build.mul(build.reshape(corner, { shape: [] }), zero));
}
