import { MessageSquarePlus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "#shared/ui/button.tsx";
import { Dialog } from "#shared/ui/dialog.tsx";
import { beginChat, type PromptRead } from "./api.ts";
import { valuesOf } from "./prompt-draft.ts";
import { useLibraryAct } from "./use-library-act.ts";
import { ValueFields } from "./value-fields.tsx";

type UseInChatProps = { prompt: PromptRead; onBegun: (conversationId: string) => void };

/** Begins a chat with the prompt; what it wants to know is asked first. */
export function UseInChat({ prompt, onBegun }: UseInChatProps) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const [typed, setTyped] = useState<Record<string, string>>({});
  const { variables } = prompt.newest;
  const begin = useLibraryAct(
    () => beginChat({ prompt: { id: prompt.id, variables: valuesOf(variables, typed) ?? {} } }),
    (made) => onBegun(made.id),
  );
  return (
    <>
      <Button
        disabled={begin.isPending}
        onClick={() => (variables.length > 0 ? setAsking(true) : begin.mutate(undefined))}
      >
        <MessageSquarePlus aria-hidden="true" className="size-4" />
        {t("library.use")}
      </Button>
      <Dialog open={asking} onOpenChange={setAsking} title={prompt.name} lead={t("library.useLead")}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            begin.mutate(undefined);
          }}
          className="mt-4 space-y-3"
        >
          <ValueFields
            variables={variables}
            typed={typed}
            onType={(name, text) => setTyped((now) => ({ ...now, [name]: text }))}
          />
          <div className="flex justify-end gap-2 pt-2">
            <Button onClick={() => setAsking(false)}>{t("app.cancel")}</Button>
            <Button look="primary" type="submit" disabled={begin.isPending}>
              {t("library.useBegin")}
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
