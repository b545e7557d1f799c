// A prompt while it is written: plain texts, the variables found in them, and the bodies that are sent.
import type { PreviewCreate } from "#shared/api/schema.d.ts";
import type { Item, PromptRead, Values, Variable, VersionRead } from "./api.ts";

export type Profile = { name: string; description: string; tags: string; command: string; sharing: Item["sharing"] };

export type Example = { key: number; input: string; output: string };

export type PromptDraft = {
  identity: string;
  text: string;
  /** One to a line, as the other lists. */
  capabilities: string;
  guidelines: string;
  format: string;
  constraints: string;
  examples: readonly Example[];
  variables: readonly Variable[];
};

export const EMPTY_PROFILE: Profile = { name: "", description: "", tags: "", command: "", sharing: "private" };

export const EMPTY_DRAFT: PromptDraft = {
  identity: "",
  text: "",
  capabilities: "",
  guidelines: "",
  format: "",
  constraints: "",
  examples: [],
  variables: [],
};

const WORDS = new Set("and else false if in is loop none not null or self true for endfor endif elif".split(" "));

const linesOf = (text: string) =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);

/** What stands in a line between commas. */
export function listed(text: string): string[] {
  return text
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean);
}

export function profileOf(item: Item): Profile {
  const { name, description, tags, command, sharing } = item;
  return { name, description, tags: tags.join(", "), command, sharing };
}

export function sentProfile({ tags, ...rest }: Profile) {
  return { ...rest, name: rest.name.trim(), tags: [...new Set(listed(tags))] };
}

export function draftOf({ newest }: Pick<PromptRead, "newest">): PromptDraft {
  return draftOfVersion(newest);
}

export function draftOfVersion({ text, sections, examples, variables }: VersionRead): PromptDraft {
  return {
    identity: sections.identity,
    text,
    capabilities: sections.capabilities.join("\n"),
    guidelines: sections.guidelines.join("\n"),
    format: sections.format,
    constraints: sections.constraints.join("\n"),
    examples: examples.map((example, key) => ({ key, ...example })),
    variables,
  };
}

function allOf(draft: PromptDraft): string {
  const { identity, text, capabilities, guidelines, format, constraints, examples } = draft;
  const said = examples.flatMap(({ input, output }) => [input, output]);
  return [identity, text, capabilities, guidelines, format, constraints, ...said].join("\n");
}

/** Names that the texts ask for, in their order; those that a loop makes itself are its own. */
export function namesIn(draft: PromptDraft): string[] {
  const text = allOf(draft);
  const looped = new Set([...text.matchAll(/{%-?\s*for\s+([a-z_]\w*)/g)].map((found) => found[1]));
  const tags = text.match(/{{.*?}}|{%.*?%}/gs) ?? [];
  const names = tags.flatMap((tag) => {
    const bare = tag.replace(/"[^"]*"|'[^']*'/g, "").replace(/\|\s*\w+/g, "");
    return [...bare.matchAll(/(?<![.\w])[a-z][a-z0-9_]*/g)].map((found) => found[0]);
  });
  return [...new Set(names)].filter((name) => !WORDS.has(name) && !looped.has(name));
}

/** The variables as they are declared, those found in the texts among them, those gone from the texts without. */
export function variablesOf(draft: PromptDraft): Variable[] {
  return namesIn(draft).map(
    (name) =>
      draft.variables.find((one) => one.name === name) ?? {
        name,
        type: "string",
        required: true,
        default: null,
        choices: [],
        description: "",
      },
  );
}

export function sentBody(draft: PromptDraft): Omit<PreviewCreate, "values"> {
  return {
    text: draft.text,
    sections: {
      identity: draft.identity,
      capabilities: linesOf(draft.capabilities),
      guidelines: linesOf(draft.guidelines),
      format: draft.format,
      constraints: linesOf(draft.constraints),
    },
    examples: draft.examples
      .filter(({ input, output }) => input.trim() || output.trim())
      .map(({ input, output }) => ({ input, output })),
    variables: variablesOf(draft),
  };
}

/** A value as its variable wants it, out of what was typed; nothing where nothing was. */
function typedValue({ type }: Variable, typed: string): unknown {
  if (type === "string") return typed;
  if (type === "boolean") return typed === "true";
  try {
    return JSON.parse(typed);
  } catch {
    // The server says what it should have been.
    return typed;
  }
}

export function valuesOf(variables: readonly Variable[], typed: Readonly<Record<string, string>>): NonNullable<Values> {
  const given = variables.flatMap((one): [string, unknown][] => {
    const text = typed[one.name] ?? "";
    return text === "" ? [] : [[one.name, typedValue(one, text)]];
  });
  return Object.fromEntries(given) as NonNullable<Values>;
}

const STOOD_IN: Record<Variable["type"], (name: string) => unknown> = {
  string: (name) => `‹${name}›`,
  integer: () => 1,
  number: () => 1,
  boolean: () => true,
  list: (name) => [`‹${name}›`],
  object: () => ({}),
};

/** What was typed, and something in the place of what must be given and was not: so there is a text to look at. */
export function previewValues(variables: readonly Variable[], typed: Readonly<Record<string, string>>) {
  const missing = variables.filter((one) => one.required && one.default === null);
  const stoodIn = missing.map((one) => [one.name, one.choices[0] ?? STOOD_IN[one.type](one.name)]);
  return { ...Object.fromEntries(stoodIn), ...valuesOf(variables, typed) };
}
