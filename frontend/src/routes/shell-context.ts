import { createContext, useContext } from "react";

export type Shell = { sidebarOpen: boolean; showSidebar: () => void };

/** What a page may know of the frame around it. */
export const ShellContext = createContext<Shell>({ sidebarOpen: true, showSidebar: () => undefined });

export function useShellContext(): Shell {
  return useContext(ShellContext);
}
