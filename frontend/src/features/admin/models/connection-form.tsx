import { useState } from "react";
import { useTranslation } from "react-i18next";
import { adminKeys } from "#features/admin/parts/api.ts";
import { Choice, Line, Tick } from "#features/admin/parts/fields.tsx";
import { Form } from "#features/admin/parts/form.tsx";
import { isTicked, text, textOrNull } from "#features/admin/parts/reading.ts";
import { json } from "#shared/api/client.ts";
import type { ConnectionCreate, ConnectionRead } from "#shared/api/schema.d.ts";

const KINDS = {
  openai: "OpenAI",
  anthropic: "Anthropic",
  gemini: "Google Gemini",
  deepseek: "DeepSeek",
  openrouter: "OpenRouter",
  openai_compatible: "OpenAI-compatible (vLLM, Groq, Mistral, …)",
} as const satisfies Record<ConnectionCreate["kind"], string>;

type ConnectionFormProps = { onMade: (made: ConnectionRead) => void; onCancel: () => void };

/** An account of one's own at a provider of models. */
export function ConnectionForm({ onMade, onCancel }: ConnectionFormProps) {
  const { t } = useTranslation();
  const [kind, setKind] = useState<string>("openai");
  const make = (data: FormData) => {
    const body: ConnectionCreate = {
      name: text(data, "name"),
      kind: text(data, "kind") as ConnectionCreate["kind"],
      credential: text(data, "credential"),
      base_url: textOrNull(data, "base_url"),
      provider: textOrNull(data, "provider"),
      fallback_to_house: isTicked(data, "fallback_to_house"),
    };
    return json<ConnectionRead>("/provider-connections", { method: "POST", body });
  };
  return (
    <Form
      act={make}
      changes={[adminKeys.connections, adminKeys.providers, adminKeys.models]}
      onDone={onMade}
      onCancel={onCancel}
      submit={t("adminModels.connections.make")}
    >
      <Choice
        name="kind"
        label={t("adminModels.connections.kind")}
        value={kind}
        onChange={({ target }) => setKind(target.value)}
        options={Object.entries(KINDS).map(([value, label]) => ({ value, label }))}
      />
      <Line name="name" label={t("adminModels.connections.name")} placeholder={t("adminModels.connections.example")} />
      <Line
        name="credential"
        type="password"
        autoComplete="new-password"
        label={t("adminModels.connections.credential")}
        hint={t("adminModels.connections.credentialHint")}
      />
      <Line
        name="base_url"
        type="url"
        label={t("adminModels.connections.address")}
        hint={t(
          kind === "openai_compatible"
            ? "adminModels.connections.addressNeeded"
            : "adminModels.connections.addressHint",
        )}
        placeholder="https://llm.example.com/v1"
      />
      <Line
        name="provider"
        label={t("adminModels.connections.provider")}
        hint={t("adminModels.connections.providerHint")}
        placeholder={kind === "openai_compatible" ? "vllm" : kind}
      />
      <FallbackTick checked={false} />
    </Form>
  );
}

export function FallbackTick({ checked }: { checked: boolean }) {
  const { t } = useTranslation();
  return (
    <Tick
      name="fallback_to_house"
      label={t("adminModels.connections.fallback")}
      hint={t("adminModels.connections.fallbackHint")}
      defaultChecked={checked}
    />
  );
}
