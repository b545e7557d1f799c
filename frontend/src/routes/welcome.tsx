import { Greeting, Starters } from "#features/chat/empty-chat.tsx";
import { DemonstrationNotice } from "#features/models/model-notices.tsx";
import type { SessionRead } from "#shared/api/types.ts";
import { PanelLink } from "./panel-link.tsx";
import { PersonaRow } from "./persona-row.tsx";

type WelcomeProps = { session: SessionRead; demonstration: boolean; onPick: (text: string) => void };

/** A new chat before its first message. */
export function Welcome({ session, demonstration, onPick }: WelcomeProps) {
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto">
      <div className="mx-auto my-auto w-full max-w-[46rem] space-y-8 px-4 py-6">
        <Greeting name={session.user.name.split(" ")[0] || session.user.email} />
        {demonstration ? <DemonstrationNotice permissions={session.permissions} /> : null}
        <Starters onPick={onPick} />
        <PersonaRow />
        <PanelLink />
      </div>
    </div>
  );
}
