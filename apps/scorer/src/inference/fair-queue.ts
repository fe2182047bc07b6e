/** Something queued behind others of its caller: its pieces leave one after another. */
interface Line<T> {
  readonly id: object;
  readonly pieces: T[];
  next: number;
}

interface Caller<T> {
  readonly name: string;
  readonly lines: Line<T>[];
}

/**
 * A queue that serves callers in turn, and the requests of one caller in turn, a piece at a time: a request of one
 * piece waits for at most one piece of everybody else, however much they have queued.
 */
export class FairQueue<T> {
  private readonly callers: Caller<T>[] = [];
  private waiting = 0;

  /** Pieces that wait. */
  get size(): number {
    return this.waiting;
  }

  /** Pieces that wait for one caller. */
  sizeOf(caller: string): number {
    const found = this.callers.find(({ name }) => name === caller);
    return found ? found.lines.reduce((sum, { pieces, next }) => sum + pieces.length - next, 0) : 0;
  }

  /** Queues the pieces of one request, in order. `id` is what cancel() takes. */
  add(caller: string, id: object, pieces: readonly T[]): void {
    if (pieces.length === 0) return;
    const line = { id, pieces: [...pieces], next: 0 };
    const found = this.callers.find(({ name }) => name === caller);
    if (found) found.lines.push(line);
    else this.callers.push({ name: caller, lines: [line] });
    this.waiting += pieces.length;
  }

  /** The piece whose turn it is, without taking it. */
  peek(): T | undefined {
    const line = this.callers[0]?.lines[0];
    return line?.pieces[line.next];
  }

  /**
   * Takes pieces in turn as long as `fits` says so. A caller or request whose next piece does not fit is passed over
   * and keeps its turn; each request gives one piece before any gives a second.
   */
  take(fits: (piece: T) => boolean): T[] {
    const taken: T[] = [];
    let passedOver = 0;
    while (passedOver < this.callers.length) {
      const caller = this.callers[passedOver];
      if (!caller) break;
      const piece = this.takeFrom(caller, fits);
      if (piece === undefined) {
        passedOver += 1;
        continue;
      }
      taken.push(piece);
      this.callers.splice(passedOver, 1);
      if (caller.lines.length > 0) this.callers.push(caller);
    }
    return taken;
  }

  /** Forgets what waits of one request; how many pieces that were. */
  cancel(id: object): number {
    for (const caller of this.callers) {
      const at = caller.lines.findIndex((line) => line.id === id);
      const line = caller.lines[at];
      if (!line) continue;
      caller.lines.splice(at, 1);
      if (caller.lines.length === 0) this.callers.splice(this.callers.indexOf(caller), 1);
      const left = line.pieces.length - line.next;
      this.waiting -= left;
      return left;
    }
    return 0;
  }

  private takeFrom(caller: Caller<T>, fits: (piece: T) => boolean): T | undefined {
    for (const [at, line] of caller.lines.entries()) {
      const piece = line.pieces[line.next];
      if (piece === undefined || !fits(piece)) continue;
      line.next += 1;
      this.waiting -= 1;
      caller.lines.splice(at, 1);
      if (line.next < line.pieces.length) caller.lines.push(line);
      return piece;
    }
    return undefined;
  }
}
