import { expect, signIn, test } from "./fixtures";

test("a newcomer signs in with what npm start said, and is led to the projects", async ({ page, borda }) => {
  expect(borda.said.some((line) => line.includes(borda.admin.email))).toBe(true);
  await signIn(page, borda.webUrl, borda.admin);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  expect(new URL(page.url()).pathname).toBe("/projects");
});

test("a wrong password is refused beside the form", async ({ page, borda }) => {
  await page.goto(new URL("/sign-in", borda.webUrl).href);
  await page.getByLabel(/e-?mail/i).fill(borda.admin.email);
  await page.getByLabel(/^password/i).fill("not-the-password");
  await page.getByRole("button", { name: /sign in/i }).click();
  await expect(page.getByRole("alert").filter({ hasText: /\S/ })).toBeVisible();
  expect(new URL(page.url()).pathname).toBe("/sign-in");
});
