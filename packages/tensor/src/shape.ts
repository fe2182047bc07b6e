import { ShapeMismatch, UnboundDimension } from "./errors";

/**
 * A size: a number, or a polynomial with integer coefficients over named sizes in canonical text ("n", "n*t", "2*n+1").
 * Write names and let the functions below do the arithmetic; two sizes are equal exactly when their canonical texts are.
 */
export type Dim = number | string;
export type Shape = readonly Dim[];
/** Sizes of the named dimensions in one run. */
export type Bindings = ReadonlyMap<string, number>;

/** Terms of a polynomial: "" is the constant term, "n*t" a product of names in order, with its coefficient. */
type Polynomial = Map<string, number>;

function polynomial(dim: Dim): Polynomial {
  if (typeof dim === "number") return new Map(dim === 0 ? [] : [["", dim]]);
  const terms: Polynomial = new Map();
  for (const text of dim.replace(/\s/g, "").replace(/-/g, "+-").split("+")) {
    if (text === "") continue;
    let coefficient = text.startsWith("-") ? -1 : 1;
    const names: string[] = [];
    for (const factor of text.replace(/^-/, "").split("*")) {
      if (/^\d+$/.test(factor)) coefficient *= Number(factor);
      else if (/^[A-Za-z_]\w*$/.test(factor)) names.push(factor);
      else throw new ShapeMismatch(`"${dim}" is not a size: write names, integers, "+", "-" and "*"`);
    }
    addTerm(terms, names.sort().join("*"), coefficient);
  }
  return terms;
}

function addTerm(terms: Polynomial, monomial: string, coefficient: number): void {
  const sum = (terms.get(monomial) ?? 0) + coefficient;
  if (sum === 0) terms.delete(monomial);
  else terms.set(monomial, sum);
}

function canonical(terms: Polynomial): Dim {
  if (terms.size === 0) return 0;
  const constant = terms.get("");
  if (terms.size === 1 && constant !== undefined) return constant;
  return [...terms]
    .sort(([a], [b]) => (a === "" ? 1 : b === "" ? -1 : a < b ? -1 : 1))
    .map(([monomial, c]) =>
      monomial === "" ? `${c}` : c === 1 ? monomial : c === -1 ? `-${monomial}` : `${c}*${monomial}`,
    )
    .join("+")
    .replace(/\+-/g, "-");
}

export function dimOf(dim: Dim): Dim {
  return typeof dim === "number" ? dim : canonical(polynomial(dim));
}

export function addDims(...dims: Dim[]): Dim {
  const sum: Polynomial = new Map();
  for (const dim of dims) for (const [monomial, c] of polynomial(dim)) addTerm(sum, monomial, c);
  return canonical(sum);
}

export function subtractDims(a: Dim, b: Dim): Dim {
  return addDims(a, multiplyDims(-1, b));
}

export function multiplyDims(...dims: Dim[]): Dim {
  let product: Polynomial = new Map([["", 1]]);
  for (const dim of dims) {
    const next: Polynomial = new Map();
    for (const [p, c] of product)
      for (const [q, d] of polynomial(dim)) addTerm(next, [...names(p), ...names(q)].sort().join("*"), c * d);
    product = next;
  }
  return canonical(product);
}

/** Exact quotient; throws ShapeMismatch where `b` does not divide `a` for every value of the names. */
export function divideDims(a: Dim, b: Dim): Dim {
  if (dimOf(a) === dimOf(b) && a !== 0) return 1;
  const [divisor, ...more] = polynomial(b);
  const quotient: Polynomial = new Map();
  const indivisible = new ShapeMismatch(`${a} is not divisible by ${b}: give the size outright instead of -1`);
  if (!divisor || more.length > 0) throw indivisible;
  for (const [monomial, c] of polynomial(a)) {
    const rest = names(monomial);
    for (const name of names(divisor[0])) {
      const at = rest.indexOf(name);
      if (at < 0) throw indivisible;
      rest.splice(at, 1);
    }
    if (c % divisor[1] !== 0) throw indivisible;
    addTerm(quotient, rest.join("*"), c / divisor[1]);
  }
  return canonical(quotient);
}

function names(monomial: string): string[] {
  return monomial === "" ? [] : monomial.split("*");
}

/** Number of elements. */
export function sizeOf(shape: Shape): Dim {
  return multiplyDims(...shape);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i]);
}

/** NumPy's rule: sizes are aligned at the last axis, and a size of 1 stretches. A name meets only itself or 1. */
export function broadcastShapes(...shapes: Shape[]): Shape {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    let size: Dim = 1;
    for (const shape of shapes) {
      const dim = shape[axis - rank + shape.length] ?? 1;
      if (dim === 1 || dim === size) continue;
      if (size !== 1)
        throw new ShapeMismatch(`${shapes.map(shapeText).join(" and ")} do not broadcast: ${size} meets ${dim}`);
      size = dim;
    }
    return size;
  });
}

/** The axis counted from the front; throws where the rank has no such axis. */
export function axisOf(axis: number, rank: number): number {
  const front = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || front < 0 || front >= rank)
    throw new ShapeMismatch(`axis ${axis} is outside of rank ${rank}`);
  return front;
}

export function shapeText(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** The names that occur in a size. */
export function namesIn(dim: Dim): string[] {
  return typeof dim === "number" ? [] : [...new Set([...polynomial(dim).keys()].flatMap(names))];
}

/** A size as a sum of products, for the lowerings that must compute it at run time. */
export function termsOf(dim: Dim): { coefficient: number; names: string[] }[] {
  return [...polynomial(dim)].map(([monomial, coefficient]) => ({ coefficient, names: names(monomial) }));
}

/** The size in one run. */
export function resolveDim(dim: Dim, bindings: Bindings): number {
  if (typeof dim === "number") return dim;
  return termsOf(dim).reduce(
    (sum, term) => sum + term.names.reduce((p, name) => p * bound(name, bindings), term.coefficient),
    0,
  );
}

export function resolveShape(shape: Shape, bindings: Bindings): number[] {
  return shape.map((dim) => resolveDim(dim, bindings));
}

function bound(name: string, bindings: Bindings): number {
  const size = bindings.get(name);
  if (size === undefined) throw new UnboundDimension(`no input of the graph has an axis of size "${name}": add one`);
  return size;
}
