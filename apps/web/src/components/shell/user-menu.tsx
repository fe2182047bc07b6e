"use client";

import { CircleUserRound, KeyRound, ListOrdered, LogOut, Settings2, ShieldUser } from "lucide-react";
import { useRouter } from "next/navigation";
import { IconButton } from "@/components/ui/button";
import { Menu, MenuChoice, MenuItem, MenuNote, MenuSeparator } from "@/components/ui/menu";
import { toast } from "@/components/ui/toast";
import { signOut } from "@/features/accounts/session-client";
import { useTheme } from "./providers";
import { themes } from "./theme";

export interface MenuUser {
  readonly name: string;
  readonly email: string;
  readonly role: "ADMIN" | "LABELER";
}

/** Who is signed in, the theme, the password, and the way out. */
export function UserMenu({ user }: { user: MenuUser }) {
  const router = useRouter();
  const { theme, setTheme } = useTheme();
  const leave = async () => {
    try {
      await signOut();
      // A whole load, so that nothing of this user stays in memory.
      window.location.assign("/sign-in");
    } catch (error) {
      toast.error(error);
    }
  };
  return (
    <Menu
      trigger={
        <IconButton label={`Account of ${user.name}`}>
          <CircleUserRound size={18} aria-hidden />
        </IconButton>
      }
    >
      <MenuNote>
        <span className="block font-medium text-ink">{user.name}</span>
        {user.email}
      </MenuNote>
      <MenuSeparator />
      <MenuChoice label="Theme" value={theme} options={themes} onChange={setTheme} />
      <MenuSeparator />
      {user.role === "ADMIN" ? (
        <>
          <MenuItem icon={<Settings2 size={14} />} onSelect={() => router.push("/projects")}>
            Projects
          </MenuItem>
          <MenuItem icon={<ShieldUser size={14} />} onSelect={() => router.push("/people")}>
            People
          </MenuItem>
        </>
      ) : null}
      <MenuItem icon={<ListOrdered size={14} />} onSelect={() => router.push("/label")}>
        My tasks
      </MenuItem>
      <MenuItem icon={<KeyRound size={14} />} onSelect={() => router.push("/account")}>
        Change password
      </MenuItem>
      <MenuItem icon={<LogOut size={14} />} onSelect={() => void leave()}>
        Sign out
      </MenuItem>
    </Menu>
  );
}
