import type { RefObject } from "react";
import { useTranslation } from "react-i18next";
import { Composer } from "#features/chat/composer/composer.tsx";
import { SendFailure } from "#features/chat/composer/send-failure.tsx";
import { WaitingMessages } from "#features/chat/outbox/waiting-messages.tsx";
import type { Chat } from "#features/chat/use-chat.ts";
import { NoModelsNotice } from "#features/models/model-notices.tsx";
import { ModelPicker } from "#features/models/model-picker.tsx";
import { useOnline } from "#shared/lib/use-online.ts";
import { CompareChoice } from "./compare-choice.tsx";
import type { ModelSetting } from "./use-model-setting.ts";
import { UsedHere } from "./used-here.tsx";

type ChatFootProps = {
  chat: Chat;
  model: ModelSetting;
  permissions: readonly string[];
  field: RefObject<HTMLTextAreaElement | null>;
  isNew: boolean;
  compared: readonly string[] | null;
  onCompare: (models: readonly string[] | null) => void;
};

/** The composer, with whatever stands in the way of sending above it. */
export function ChatFoot({ chat, model, permissions, field, isNew, compared, onCompare }: ChatFootProps) {
  const { t } = useTranslation();
  const online = useOnline();
  return (
    <div className="mx-auto w-full max-w-[48rem] space-y-3 px-3 pb-[max(0.5rem,env(safe-area-inset-bottom))] sm:px-4">
      <WaitingMessages place={chat.key} />
      {chat.failure ? <SendFailure error={chat.failure} draftKey={chat.key} onRetry={chat.retry} /> : null}
      {model.isEmpty ? <NoModelsNotice permissions={permissions} /> : null}
      <UsedHere conversation={chat.conversation} />
      <Composer
        draftKey={chat.key}
        running={chat.running}
        stopping={chat.live?.stopping ?? false}
        blocked={model.isEmpty}
        blindModel={model.blind}
        placeholder={isNew ? t("composer.placeholder") : t("composer.placeholderReply")}
        picker={
          <>
            {compared ? null : <ModelPicker models={model.models} choice={model.choice} onPick={model.pick} />}
            {chat.conversation?.has_panel ? null : (
              <CompareChoice models={model.models} own={model.choice.id} chosen={compared} onChoose={onCompare} />
            )}
          </>
        }
        field={field}
        onSend={chat.send}
        onStop={chat.stop}
      />
      <p className="text-center text-faint text-xs">{online ? t("composer.hint") : t("waiting.offline")}</p>
    </div>
  );
}
