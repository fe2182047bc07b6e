/** What this package throws: `code` is stable for programs, the message says what to do. */
export abstract class TensorError extends Error {
  abstract readonly code: string;

  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

/** Shapes, element types or attributes that an op cannot combine; thrown while the graph is built. */
export class ShapeMismatch extends TensorError {
  readonly code = "shape-mismatch";
}

/** A symbolic dimension that no input of the graph carries as an axis of its own, so that its size is unknown at run time. */
export class UnboundDimension extends TensorError {
  readonly code = "unbound-dimension";
}

/** Two different things of one graph with the same name. */
export class NameClash extends TensorError {
  readonly code = "name-clash";
}

/** A feed that is missing, or whose sizes or element type contradict the graph. */
export class FeedMismatch extends TensorError {
  readonly code = "feed-mismatch";
}

/** A saved training state that does not fit the step that should go on from it. */
export class StateMismatch extends TensorError {
  readonly code = "state-mismatch";
}

/** An executor or device that this machine lacks; the message names what to install or to take instead. */
export class RuntimeUnavailable extends TensorError {
  readonly code = "runtime-unavailable";
}

/** TensorFlow is loaded already, with settings that hold for the whole process. */
export class RuntimeFixed extends TensorError {
  readonly code = "runtime-fixed";
}
