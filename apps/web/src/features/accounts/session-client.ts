/** Sign-in, sign-out and passwords of the browser: requests to better-auth, without its client. */

/** What better-auth refused, in words that say the remedy. */
export class SignInRefused extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "SignInRefused";
  }
}

const remedies: Record<string, string> = {
  INVALID_EMAIL_OR_PASSWORD:
    "E-mail or password is wrong. Check both; an admin can make you a link for a new password.",
  INVALID_EMAIL: "This is not an e-mail address. Check its spelling.",
  INVALID_PASSWORD: "The present password is wrong. Type it again.",
  INVALID_TOKEN: "This link was used or has expired. Ask an admin for a new one.",
  PASSWORD_TOO_SHORT: "The new password is too short. Use at least 10 characters.",
  PASSWORD_TOO_LONG: "The new password is too long. Use at most 200 characters.",
};

/** Starts a session; its cookie comes with the answer. */
export function signIn(credentials: { email: string; password: string }): Promise<void> {
  return ask("sign-in/email", credentials);
}

export function signOut(): Promise<void> {
  return ask("sign-out", {});
}

/** Changes the password and ends every other session of the user. */
export function changePassword(passwords: { currentPassword: string; newPassword: string }): Promise<void> {
  return ask("change-password", { ...passwords, revokeOtherSessions: true });
}

/** Sets the password of the person whom a link for a new one was made for; every session of theirs ends. */
export function setNewPassword(input: { token: string; newPassword: string }): Promise<void> {
  return ask("reset-password", input);
}

async function ask(path: string, body: object): Promise<void> {
  const response = await fetch(`/api/auth/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  }).catch(() => {
    throw new SignInRefused("OFFLINE", "No connection to Borda. Check the network, then try again.");
  });
  if (response.ok) return;
  const wait = response.headers.get("x-retry-after");
  if (response.status === 429 && wait)
    throw new SignInRefused(
      "TOO_MANY_REQUESTS",
      `Too many attempts. Try again in ${Math.ceil(Number(wait) / 60)} min.`,
    );
  const { code = "UNKNOWN", message } = (await response.json().catch(() => ({}))) as {
    code?: string;
    message?: string;
  };
  throw new SignInRefused(
    code,
    remedies[code] ?? message ?? `Borda answered ${response.status}. Try again in a moment.`,
  );
}
