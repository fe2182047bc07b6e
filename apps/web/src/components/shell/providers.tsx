"use client";

import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import { Toaster } from "@/components/ui/toast";
import { TooltipProvider } from "@/components/ui/tooltip";
import { ApiProvider } from "@/trpc/provider";
import type { Theme } from "./theme";

const ThemeContext = createContext<{ theme: Theme; setTheme: (theme: Theme) => void } | null>(null);

/** What every page needs around it. */
export function Providers({ theme: initial, children }: { theme: Theme; children: ReactNode }) {
  const [theme, setTheme] = useState(initial);
  const value = useMemo(
    () => ({
      theme,
      setTheme: (next: Theme) => {
        setTheme(next);
        keepTheme(next);
      },
    }),
    [theme],
  );
  return (
    <ThemeContext value={value}>
      <ApiProvider>
        <TooltipProvider delay={400}>{children}</TooltipProvider>
        <Toaster />
      </ApiProvider>
    </ThemeContext>
  );
}

/** The chosen theme, and how to choose another. */
export function useTheme() {
  const value = useContext(ThemeContext);
  if (!value) throw new Error("useTheme needs <Providers> above it.");
  return value;
}

/** A cookie, because the server must know the theme before the first paint. */
function keepTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Firefox 128.
  document.cookie = `borda-theme=${theme}; path=/; max-age=31536000; samesite=lax`;
}
