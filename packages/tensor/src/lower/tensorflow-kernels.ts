import { build, input } from "../build";
import { adamStep } from "../optimizer";
import type { Tensor } from "../tensor";
import type { TensorflowGraph } from "./tensorflow-graph";

/** An update rule that TensorFlow has one kernel for, which reads its variables and writes them in place. */
interface UpdateKernel {
  /** What the rule makes of inputs: the new value of each variable, by the name of the input that stands for its old one. */
  readonly rule: Readonly<Record<string, Tensor>>;
  /** Of the variables, the one whose old value may be any tensor: it is stored there before the kernel runs. */
  readonly subject: string;
  /** Adds the kernel's node, to run after `before`, and returns its name: it has no output. */
  node(graph: TensorflowGraph, operands: Readonly<Record<string, string>>, before: readonly string[]): string;
}

const array = (name: string) => input(name, ["k"]);
const single = (name: string) => input(name, []);

const kernels: readonly UpdateKernel[] = [
  {
    rule: adamStep(build, {
      ...{ value: array("value"), mean: array("mean"), square: array("square"), gradient: array("gradient") },
      ...{ meanShare: single("meanShare"), squareShare: single("squareShare") },
      ...{ rate: single("rate"), floor: single("floor") },
    }),
    subject: "value",
    node: (graph, of, before) => {
      const beta = (share: string) => graph.math("Sub", graph.scalar(1), share);
      // The rate has both bias corrections: to the kernel, whose own come from powers of its betas, these are 0.
      const powers = [graph.scalar(0), graph.scalar(0)];
      const settings = [of.rate!, beta(of.meanShare!), beta(of.squareShare!), of.floor!];
      return graph.effect(
        "ResourceApplyAdam",
        [of.value!, of.mean!, of.square!, ...powers, ...settings, of.gradient!],
        { T: { type: "float32" } },
        before,
      );
    },
  },
];

/** A kernel in the place of the updates of some variables. */
export interface KernelUpdate {
  readonly kernel: UpdateKernel;
  /** Keys of the variables, by their names in the rule. */
  readonly variables: Readonly<Record<string, string>>;
  /** What the kernel reads beside its variables, by the names in the rule. */
  readonly operands: Readonly<Record<string, Tensor>>;
  /** What is stored in the subject first; nothing where that is its old value. */
  readonly first?: Tensor;
}

/** Finds the updates that are a kernel's rule; the others stay as they are. */
export function kernelUpdates(updates: Readonly<Record<string, Tensor>>): {
  readonly fused: readonly KernelUpdate[];
  readonly others: Readonly<Record<string, Tensor>>;
} {
  const fused: KernelUpdate[] = [];
  const others = new Map(Object.entries(updates));
  for (const key of Object.keys(updates)) {
    const found = kernels.map((kernel) => kernelUpdate(kernel, key, others)).find((each) => each !== undefined);
    if (!found) continue;
    fused.push(found);
    for (const taken of Object.values(found.variables)) others.delete(taken);
  }
  return { fused, others: Object.fromEntries(others) };
}

/**
 * The factor, where a value is the old one of a variable times a single number. Stored as a new tensor it would take its
 * place among what a step frees, and what the step frees would no longer hold what the next one needs.
 */
export function shrinkage({ op, inputs: [old, factor] }: Tensor, key: string): Tensor | undefined {
  const shrinks = op === "mul" && old!.op === "parameter" && old!.name === key && factor!.shape.length === 0;
  return shrinks ? factor : undefined;
}

function kernelUpdate(
  kernel: UpdateKernel,
  key: string,
  updates: ReadonlyMap<string, Tensor>,
): KernelUpdate | undefined {
  const { rule, subject } = kernel;
  const bound = new Map<string, Tensor>();
  const next = updates.get(key);
  if (!next || !matches(rule[subject]!, next, bound)) return undefined;
  const variables: Record<string, string> = { [subject]: key };
  for (const name of Object.keys(rule).filter((each) => each !== subject)) {
    const old = bound.get(name)!;
    const own = old.op === "parameter" ? updates.get(old.name!) : undefined;
    if (!own || !matches(rule[name]!, own, bound)) return undefined;
    variables[name] = old.name!;
  }
  const first = bound.get(subject)!;
  const isOld = first.op === "parameter" && first.name === key;
  const operands = Object.fromEntries([...bound].filter(([name]) => !(name in rule)));
  return { kernel, variables, operands, ...(isOld ? {} : { first }) };
}

/** Whether a tensor is made as the pattern is, whose inputs stand for any tensor, the same everywhere. */
function matches(pattern: Tensor, tensor: Tensor, bound: Map<string, Tensor>): boolean {
  if (pattern.op === "input") {
    const known = bound.get(pattern.name!);
    bound.set(pattern.name!, known ?? tensor);
    return known === undefined || known === tensor;
  }
  return (
    pattern.op === tensor.op &&
    JSON.stringify(pattern.attributes) === JSON.stringify(tensor.attributes) &&
    pattern.inputs.length === tensor.inputs.length &&
    pattern.inputs.every((operand, i) => matches(operand, tensor.inputs[i]!, bound))
  );
}
