import { useTranslation } from "react-i18next";
import { ContextReport } from "#features/chat/context/context-report.tsx";
import type { Branching } from "#features/chat/use-branching.ts";
import { ModelList } from "#features/models/model-list.tsx";
import { ModelSet } from "#features/models/model-set.tsx";
import { Confirm } from "#shared/ui/confirm.tsx";
import { Dialog } from "#shared/ui/dialog.tsx";
import { Drawer } from "#shared/ui/drawer.tsx";
import type { ModelSetting } from "./use-model-setting.ts";

type ChatQuestionsProps = { branching: Branching; model: ModelSetting };

/** What is asked before something is done with a message: which models, or whether really. */
export function ChatQuestions({ branching, model }: ChatQuestionsProps) {
  const { t } = useTranslation();
  const { acts, pondered, settled } = branching;
  const message = pondered?.message;
  const close = (open: boolean) => {
    if (!open) settled();
  };
  return (
    <>
      <Dialog
        open={pondered?.what === "againWith"}
        onOpenChange={close}
        title={t("tree.againWithTitle")}
        lead={t("tree.againWithLead")}
      >
        <div className="-mx-2 mt-4 overflow-hidden rounded-2xl border border-line">
          <ModelList
            models={model.models}
            selected={message?.model ?? null}
            onPick={({ id }) => {
              if (message) acts.againBy(message, id);
              settled();
            }}
          />
        </div>
      </Dialog>
      <Dialog
        open={pondered?.what === "compareWith"}
        onOpenChange={close}
        title={t("compare.title")}
        lead={t("compare.withLead")}
      >
        <ModelSet
          models={model.models}
          chosen={[]}
          action={t("compare.ask")}
          onDone={(ids) => {
            if (message?.parent_id) acts.compare(message.parent_id, ids);
            settled();
          }}
        />
      </Dialog>
      <Drawer
        open={pondered?.what === "report"}
        onOpenChange={close}
        title={t("context.title")}
        lead={t("context.lead")}
      >
        {message ? <ContextReport conversationId={message.conversation_id} messageId={message.id} /> : null}
      </Drawer>
      <Confirm
        open={pondered?.what === "cut"}
        onOpenChange={close}
        title={t("tree.cutTitle")}
        text={t("tree.cutText")}
        action={t("tree.cutAction")}
        onConfirm={() => {
          if (message) acts.cut(message);
          settled();
        }}
      />
    </>
  );
}
