/** What runs and must end with the bench, in the order of its start. */
const open = new Set<() => Promise<void>>();
let listening = false;

/**
 * The way to end something that the bench has started, which is taken once however often it is asked for, and also when
 * the bench is interrupted (Ctrl-C, SIGTERM): last started, first ended.
 */
export function closing(close: () => Promise<void>): () => Promise<void> {
  listen();
  let closed: Promise<void> | null = null;
  const once = () => {
    closed ??= close().finally(() => open.delete(once));
    return closed;
  };
  open.add(once);
  return once;
}

function listen(): void {
  if (listening) return;
  listening = true;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => void closeAll().finally(() => process.exit(1)));
  }
}

async function closeAll(): Promise<void> {
  for (const close of [...open].reverse()) await close();
}
