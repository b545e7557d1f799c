"""Members of a body that the language has no word for, and who takes which.

What a provider is not known to take stays here and is named as lost: a misspelt member would be refused, another
provider's would mean something else, and some ask what is not the caller's to ask.

`messages`, `tools` and `tool_choice` stand for what in them the language has no word for: audio, files by id, custom
tools.
"""

# https://platform.openai.com/docs/api-reference/chat/create
OPENAI = frozenset({
    "audio", "function_call", "functions", "logit_bias", "logprobs", "metadata", "modalities", "moderation", "n",
    "messages", "prediction", "prompt_cache_key", "prompt_cache_retention", "safety_identifier", "service_tier",
    "store", "tool_choice", "tools", "top_logprobs", "user", "verbosity", "web_search_options",
})  # fmt: skip

# https://learn.microsoft.com/azure/ai-foundry/openai/reference-preview#chatcompletionrequest
AZURE = OPENAI | {"data_sources", "user_security_context"}

# https://api-docs.deepseek.com/api/create-chat-completion
DEEPSEEK = frozenset({"logprobs", "thinking", "top_logprobs", "user_id"})

# https://openrouter.ai/docs/api-reference/parameters and …/docs/features. Not `models`, `route` and `preset`: they
# choose another model than the one that we were asked for, that keys are limited to and that is accounted for.
OPENROUTER = frozenset({
    "audio", "cache_control", "debug", "image_config", "include_reasoning", "logit_bias", "logprobs", "metadata",
    "messages", "min_p", "modalities", "plugins", "prediction", "prompt_cache_key", "provider", "repetition_penalty",
    "safety_identifier", "service_tier", "session_id", "stop_server_tools_when", "structured_outputs", "tools",
    "top_a", "top_logprobs", "trace", "transforms", "usage", "user", "verbosity", "web_search_options",
})  # fmt: skip

# https://lmstudio.ai/docs/developer/openai-compat/chat-completions#supported-payload-parameters
LMSTUDIO = frozenset({"draft_model", "logit_bias", "min_p", "repeat_penalty", "ttl"})

# Servers of one's own and hosts of open models. Not what reaches into a server: templates that it runs
# (`chat_template`), code that it imports (`logits_processors`), addresses that it fetches from (`kv_transfer_params`),
# others' places in its queue and memory (`priority`, `id_slot`, `request_id`).
_VLLM = frozenset({  # https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html#chat-api_1
    "add_generation_prompt", "add_special_tokens", "allowed_token_ids", "bad_words", "cache_salt",
    "chat_template_kwargs", "continue_final_message", "documents", "echo", "guided_choice", "guided_decoding_backend",
    "guided_grammar", "guided_json", "guided_regex", "guided_whitespace_pattern", "ignore_eos", "include_reasoning",
    "include_stop_str_in_output", "length_penalty", "min_p", "min_tokens", "prompt_logprobs", "repetition_penalty",
    "return_token_ids", "return_tokens_as_token_ids", "skip_special_tokens", "spaces_between_special_tokens",
    "stop_token_ids", "structural_tag", "structured_outputs", "truncate_prompt_tokens", "use_beam_search",
})  # fmt: skip
_SGLANG = frozenset({"ebnf", "no_stop_trim", "regex", "separate_reasoning", "stream_reasoning"})
_LLAMA_CPP = frozenset({  # https://github.com/ggml-org/llama.cpp/tree/master/tools/server#api-endpoints
    "cache_prompt", "dry_allowed_length", "dry_base", "dry_multiplier", "dry_penalty_last_n",
    "dry_sequence_breakers", "dynatemp_exponent", "dynatemp_range", "grammar", "json_schema", "min_keep", "mirostat",
    "mirostat_eta", "mirostat_tau", "n_probs", "reasoning_format", "repeat_last_n", "repeat_penalty", "samplers",
    "thinking_forced_open", "timings_per_token", "typical_p", "xtc_probability", "xtc_threshold",
})  # fmt: skip
_HOSTS = frozenset({
    # https://docs.mistral.ai/api/#tag/chat
    "prompt_mode", "random_seed", "safe_prompt",
    # https://console.groq.com/docs/api-reference#chat-create
    "citation_options", "compound_custom", "disable_tool_validation", "search_settings",
    # https://docs.x.ai/docs/api-reference#chat-completions
    "search_parameters",
    # https://docs.together.ai/reference/chat-completions-1
    "context_length_exceeded_behavior", "safety_model",
    # https://help.aliyun.com/zh/model-studio/use-qwen-by-calling-api
    "enable_search", "enable_thinking", "search_options", "thinking_budget", "vl_high_resolution_images",
})  # fmt: skip
_OPENAI_TOO = frozenset({
    "logit_bias", "logprobs", "messages", "metadata", "n", "prediction", "prompt_cache_key", "safety_identifier",
    "service_tier", "top_logprobs", "user", "verbosity",
})  # fmt: skip
IMITATORS = _OPENAI_TOO | _VLLM | _SGLANG | _LLAMA_CPP | _HOSTS
