import type { ConversationRead } from "#shared/api/types.ts";
import { speakerColour } from "#shared/lib/speaker-colours.ts";
import { Portrait } from "#shared/ui/portrait.tsx";

type PersonaWelcomeProps = { persona: NonNullable<ConversationRead["persona"]>; onPick: (text: string) => void };

/** A chat with a persona before its first message: who it is, what it says, and ways to begin. */
export function PersonaWelcome({ persona, onPick }: PersonaWelcomeProps) {
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto">
      <div className="mx-auto my-auto w-full max-w-[40rem] px-4 py-6 text-center">
        <Portrait
          name={persona.name}
          avatar={persona.avatar}
          colour={speakerColour(persona.colour, 0)}
          size="large"
          className="mx-auto"
        />
        <h2 className="mt-4 font-display text-2xl">{persona.name}</h2>
        {persona.greeting ? (
          <p dir="auto" className="mt-2 whitespace-pre-wrap break-words text-soft">
            {persona.greeting}
          </p>
        ) : null}
        <ul className="mt-6 flex flex-wrap justify-center gap-2">
          {persona.starters.map((starter) => (
            <li key={starter}>
              <button
                type="button"
                onClick={() => onPick(starter)}
                className="rounded-2xl border border-line px-4 py-2 text-start text-sm transition-colors hover:border-control hover:bg-card"
              >
                {starter}
              </button>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
