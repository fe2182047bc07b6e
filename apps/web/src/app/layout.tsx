import type { Metadata, Viewport } from "next";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { Providers } from "@/components/shell/providers";
import { themeOf } from "@/components/shell/theme";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "Borda", template: "%s · Borda" },
  description: "Rank completions, train reward models.",
  robots: { index: false, follow: false },
};

export const viewport: Viewport = { width: "device-width", initialScale: 1 };

/** Reading the theme's cookie here means that the first paint already has it: nothing flashes. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = themeOf((await cookies()).get("borda-theme")?.value);
  return (
    <html lang="en" data-theme={theme === "system" ? undefined : theme}>
      <body>
        <div id="page">
          <Providers theme={theme}>{children}</Providers>
        </div>
      </body>
    </html>
  );
}
