import { apiOf } from "./api";
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

test("an admin makes a colleague an admin, and a labeler again", async ({ page, browser, borda }) => {
  await signIn(page, borda.webUrl, borda.admin);
  const api = apiOf(page.request, borda.webUrl);
  const form = { name: "Shared", guidelines: "", kMin: 2, kMax: 9, rankingsWanted: 1 };
  const { projectId } = await api.mutate<{ projectId: string }>("projects.create", form);
  const { link } = await api.mutate<{ link: string }>("labelers.createInvite", { projectId, days: 1, uses: 1 });
  const context = await browser.newContext();
  const colleague = await context.newPage();
  await colleague.goto(link);
  await colleague.getByLabel("Name").fill("Mina");
  await colleague.getByLabel("E-mail").fill("mina@borda.local");
  await colleague.getByLabel("Password").fill("a-long-enough-password");
  await colleague.getByRole("button", { name: "Join" }).click();
  await colleague.waitForURL(/\/label/);
  const projectsOf = async () => {
    await colleague.goto(new URL("/projects", borda.webUrl).href);
    return new URL(colleague.url()).pathname;
  };
  expect(await projectsOf()).toBe("/label");

  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "People" }).click();
  const row = page.getByRole("row", { name: /mina@borda\.local/ });
  await expect(row).toContainText("Labeler");
  await row.getByRole("button", { name: "Make an admin of Mina" }).click();
  await page.getByRole("button", { name: "Make an admin", exact: true }).click();
  await expect(row).toContainText("Admin");
  expect(await projectsOf()).toBe("/projects");

  await row.getByRole("button", { name: "Make a labeler of Mina" }).click();
  await page.getByRole("button", { name: "Make a labeler", exact: true }).click();
  await expect(row).toContainText("Labeler");
  expect(await projectsOf()).toBe("/label");
  await context.close();
});
