import type { Recipe } from "@borda/preferences";
import { recipeFields, sayRecipeValue, sectionsOf } from "../recipe-fields";

/** A recipe as it was used: every field that its mode reads, with its value. */
export function RecipeTable({ recipe }: { recipe: Recipe }) {
  return (
    <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
      {sectionsOf(recipe.mode).map(({ title, fields }) => (
        <section key={title}>
          <h3 className="eyebrow mb-1">{title}</h3>
          <dl className="grid grid-cols-[1fr_auto] gap-x-3">
            {fields.map((field) => (
              <div key={field} className="col-span-2 grid grid-cols-subgrid">
                <dt className="text-soft">{recipeFields[field].label}</dt>
                <dd className="max-w-48 truncate text-right tabular-nums" title={sayRecipeValue(field, recipe[field])}>
                  {sayRecipeValue(field, recipe[field])}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}
