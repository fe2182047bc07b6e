export class EmailTaken extends Error {
  readonly code = "EMAIL_TAKEN";
  constructor(email: string) {
    super(`${email} already has an account. Sign in with it, then open the invitation again.`);
    this.name = "EmailTaken";
  }
}
