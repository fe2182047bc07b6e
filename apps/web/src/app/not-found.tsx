import { LinkButton } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";

export default function NotFound() {
  return (
    <main className="grid min-h-dvh place-items-center p-6">
      <EmptyState title="There is nothing here" action={<LinkButton href="/">Go to the start</LinkButton>}>
        The page does not exist, or it belongs to a project that you are not a member of.
      </EmptyState>
    </main>
  );
}
