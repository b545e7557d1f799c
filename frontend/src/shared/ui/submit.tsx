import { LoaderCircle } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "./button.tsx";

/** The button that sends a form; it turns while the server thinks. */
export function Submit({ busy, children }: { busy: boolean; children: ReactNode }) {
  return (
    <Button look="primary" type="submit" disabled={busy} className="h-11 w-full">
      {busy ? <LoaderCircle aria-hidden="true" className="size-4 animate-spin" /> : null}
      {children}
    </Button>
  );
}
