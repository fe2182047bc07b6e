import { renderToString } from "react-dom/server";
import { expect, test } from "vitest";
import { Field, Input } from "../src/components/ui/field";
import { Progress } from "../src/components/ui/progress";

test("what the server sends names its bars and its fields, before a script runs", () => {
  const bar = renderToString(<Progress label="3 left for you" value={2} max={5} />);
  const named = /role="progressbar"/.test(bar) && /aria-labelledby="([^"]+)"/.exec(bar)?.[1];
  expect(textOf(bar, named)).toBe("3 left for you");

  const field = renderToString(
    <Field label="Email">
      <Input name="email" />
    </Field>,
  );
  const control = /<input id="([^"]+)"/.exec(field)?.[1];
  expect(field).toMatch(new RegExp(`<label [^>]*for="${control}"[^>]*>Email</label>`));
});

function textOf(html: string, id: string | false | undefined): string | undefined {
  return new RegExp(` id="${id}"[^>]*>([^<]*)<`).exec(html)?.[1];
}
