import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { PostgresFailed } from "../errors";

/** How to start a program as the account that PostgreSQL runs under. */
export interface Account {
  /** Null: as this process. */
  readonly ids: { readonly uid: number; readonly gid: number } | null;
  command(file: string, args: readonly string[]): Command;
}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly ids: { readonly uid?: number; readonly gid?: number };
}

const SETPRIV = "/usr/bin/setpriv";

/**
 * PostgreSQL refuses to run as root, so root starts it as "postgres", or "nobody" where there is no such user. Where
 * that user cannot reach one of `paths` (a home or a checkout below /root), it keeps the one capability to pass over file
 * modes, also where it asks beforehand whether it may run a program: access(2) sets a capability aside unless told not to.
 */
export async function accountFor(paths: readonly string[]): Promise<Account> {
  if (process.getuid?.() !== 0) return { ids: null, command: (file, args) => ({ file, args, ids: {} }) };
  const ids = (await idsOf("postgres")) ?? (await idsOf("nobody"));
  if (!ids)
    throw new PostgresFailed("PostgreSQL cannot run as root, and there is no user nobody: start as another user.");
  const reachable = await Promise.all(paths.map((path) => canReach(path, ids)));
  if (reachable.every(Boolean)) return { ids, command: (file, args) => ({ file, args, ids }) };
  if (!existsSync(SETPRIV)) {
    const hidden = paths[reachable.indexOf(false)];
    throw new PostgresFailed(
      `PostgreSQL cannot run as root, and no other user may enter ${hidden}: start as another user.`,
    );
  }
  const capability = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup"];
  const become = [`--reuid=${ids.uid}`, `--regid=${ids.gid}`, "--clear-groups", ...capability, "--"];
  return { ids, command: (file, args) => ({ file: SETPRIV, args: [...become, file, ...args], ids: {} }) };
}

async function idsOf(user: string): Promise<{ uid: number; gid: number } | null> {
  const id = async (flag: string) => Number((await promisify(execFile)("id", [flag, user])).stdout);
  try {
    return { uid: await id("-u"), gid: await id("-g") };
  } catch {
    return null; // `id` fails for an unknown user, and says nothing else of use
  }
}

/** Whether every folder above `path` that exists may be entered by the user. */
async function canReach(path: string, { uid, gid }: { uid: number; gid: number }): Promise<boolean> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (existsSync(folder)) {
      const { mode, uid: owner, gid: group } = await stat(folder);
      const bit = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001;
      if ((mode & bit) === 0) return false;
    }
    if (folder === dirname(folder)) return true;
  }
}
