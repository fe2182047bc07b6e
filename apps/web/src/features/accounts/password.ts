/** Characters of a password; better-auth enforces the same. */
export const passwordLength = { min: 10, max: 200 } as const;
