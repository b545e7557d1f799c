"""The conformance checklist: what clients and providers of these wires trip over, and what holds each point.

A point is held by promises (`chat.whole`) and by tests of a wire (`openai_chat/test_answers::test_…`).
"""

from typing import Final

_CHAT, _RESPONSES, _MESSAGES = "openai_chat/test_", "openai_responses/test_", "anthropic_messages/test_"
_GEMINI, _OLLAMA = "gemini/test_", "ollama/test_"

CHECKLIST: Final[dict[str, tuple[str, ...]]] = {
    # OpenAI chat completions
    "Members that are required and nullable are there: `logprobs`, `refusal`, id, object, created, model.": (
        "chat.whole",
        f"{_CHAT}answers::test_a_whole_answer_has_the_fields_that_the_specification_requires",
    ),
    "One head in every chunk, the role first, one finish reason, usage only if asked, then the end marker.": (
        "chat.stream.usage",
        f"{_CHAT}answers::test_every_chunk_has_the_same_head_and_a_finish_reason_in_one_only",
        f"{_CHAT}answers::test_usage_comes_last_without_choices_and_only_if_asked",
    ),
    "Id and name of a call are said once, indexes grow even where upstream repeats them; two calls of one tool.": (
        "chat.tools.parallel",
        f"{_CHAT}answers::test_id_and_name_of_a_call_are_said_once_because_clients_join_strings",
        f"{_CHAT}stream_decoding::test_calls_that_all_bear_the_index_zero_are_told_apart_by_id",
    ),
    "The finish reason is `tool_calls` wherever tools were called.": (
        f"{_CHAT}stream_decoding::test_calls_make_the_reason_whatever_the_server_says",
        "ollama.tools",
    ),
    "`developer`, both names of the limit, `parallel_tool_calls`, `n`, `seed`, `stop` as text or list.": (
        "chat.own_words",
        f"{_CHAT}request_decoding::test_stop_may_be_one_string_or_a_list",
        f"{_CHAT}request_decoding::test_the_newer_name_of_the_output_limit_wins",
    ),
    "An error before the first byte is a status, after it an event without an end marker.": (
        "errors.provider",
        "errors.in_stream",
        f"{_CHAT}answers::test_an_error_in_a_stream_is_an_event_of_its_own",
    ),
    "No end marker, cut streams, malformed chunks, CRLF, comments, split UTF-8, single bytes.": (
        "errors.in_stream",
        f"{_CHAT}round_trips::test_an_answer_survives_the_wire_in_any_partition",
        f"{_CHAT}forwarding::test_a_broken_stream_never_looks_complete",
    ),
    "Cached tokens are within the prompt; an explicit 0 is kept.": (
        f"{_CHAT}stream_decoding::test_usage_is_counted_in_one_convention",
    ),
    # OpenAI responses
    "Events in order, numbered, with one terminal event.": ("responses.stream.order",),
    "Arguments as deltas and as a whole; upstream may send the whole only.": (
        f"{_RESPONSES}stream_decoding::test_what_was_not_streamed_is_heard_when_its_item_is_done",
        "responses.tools.parallel",
    ),
    "Reasoning with `encrypted_content`, `store: false`, `previous_response_id` across providers.": (
        "responses.reasoning",
        "responses.stored",
        "responses.continued",
    ),
    "Members that are required and null; namespaced and custom tools of agents.": (
        f"{_RESPONSES}answers::test_a_response_has_all_that_the_specification_requires",
        f"{_RESPONSES}requests::test_a_custom_tool_becomes_a_function_with_one_text",
        f"{_RESPONSES}requests::test_the_tools_of_a_namespace_bear_its_name_and_lose_it_on_their_way_back",
    ),
    "`incomplete_details` says limit or filter.": ("responses.length",),
    # Anthropic messages
    "One `message_start` with real input tokens, contiguous blocks that share nothing, `message_stop` last.": (
        "messages.stream.order",
        f"{_MESSAGES}round_trips::test_whatever_is_said_the_blocks_are_numbered_and_closed",
    ),
    "A call's input comes in deltas; none is `{}`.": ("messages.tools.parallel",),
    "Thinking with its signature, hidden and redacted; never another's; what a fallback strips is said.": (
        "messages.thinking",
        f"{_MESSAGES}answer::test_redacted_and_hidden_thinking_keep_their_signatures",
        f"{_MESSAGES}request::test_what_others_signed_stays_here_and_the_loss_is_told",
    ),
    "Every stop reason, both ways.": (
        "messages.length",
        f"{_MESSAGES}answer::test_every_stop_reason_has_its_meaning",
    ),
    "Instructions as text or blocks, in between too; cache marks, at most four; deterministic bytes.": (
        "messages.prefill",
        f"{_MESSAGES}marks::test_a_fifth_mark_is_left_out_and_named",
        f"{_MESSAGES}round_trips::test_a_request_survives_the_wire_and_always_has_the_same_bytes",
    ),
    "Roles alternate, results stand first and together, ids are plain, nothing is empty, prefill.": (
        f"{_MESSAGES}request::test_neighbours_of_one_role_become_one_message",
        f"{_MESSAGES}request::test_results_of_one_turn_stand_first_in_one_message",
        f"{_MESSAGES}request::test_a_strange_call_id_becomes_a_plain_one_for_call_and_result",
    ),
    "A limit is demanded, temperatures end at 1, tools are demanded, named and forbidden.": (
        "messages.tools.choice",
        f"{_MESSAGES}request::test_old_models_take_sampling_and_a_temperature_above_their_range_is_clamped_aloud",
    ),
    "Errors with their types and statuses, in streams too; an empty account is not a rate limit.": (
        "messages.errors",
        "errors.surfaces",
    ),
    "Input tokens leave out the cache, in both directions.": (
        f"{_MESSAGES}answer::test_input_counts_what_came_from_and_went_to_the_cache",
    ),
    "`count_tokens`, beta and version headers, both places of the key.": (
        "messages.count",
        "messages.beta",
        "errors.wrong_key",
    ),
    # Gemini
    "Ids are made for calls without, results find them; signatures are replayed; thoughts are no text.": (
        "gemini.functions.loop",
        "gemini.thoughts.return",
        f"{_GEMINI}request_decoding::test_calls_without_ids_get_them_and_their_results_find_them_by_name",
    ),
    "Events or an array; every finish reason; empty candidates and blocked prompts.": (
        "gemini.stream.array",
        "gemini.blocked",
        f"{_GEMINI}answer::test_every_finish_reason_has_its_meaning",
    ),
    "Both forms of schemas, references, free objects, nullable; references in results.": (
        "gemini.schema",
        f"{_GEMINI}request_decoding::test_googles_schemas_become_json_schema",
        f"{_GEMINI}request::test_a_result_that_holds_a_reference_is_text_to_gemini",
    ),
    "Usage is cumulative, thoughts are counted beside, the cache within.": (
        f"{_GEMINI}answer::test_thoughts_are_counted_beside_the_candidates_and_cached_tokens_within_the_prompt",
    ),
    "Files by value or where Google keeps them; addresses on the web are refused.": (
        f"{_GEMINI}request::test_a_picture_from_the_web_is_refused_as_gemini_would_not_fetch_it",
    ),
    # Others
    "Ollama: lines, durations, prompts from the cache, objects as arguments, `thinking`, `load`.": (
        "ollama.whole",
        "ollama.tools",
        "ollama.load",
        f"{_OLLAMA}answer::test_a_prompt_from_the_cache_has_no_length",
    ),
    "LM Studio: arguments that come whole, `reasoning_content`.": (
        f"{_CHAT}stream_decoding::test_arguments_may_come_as_an_object",
        f"{_CHAT}stream_decoding::test_reasoning_is_heard_under_either_name",
    ),
    "DeepSeek: reasoning goes back where tools were called, and hits of the cache are counted.": (
        f"{_CHAT}request_encoding::test_deepseek_gets_its_reasoning_back_and_an_empty_one_where_a_tool_was_called",
    ),
    "Azure: the version, the deployment, the blank first chunk, the filter.": (
        f"{_CHAT}stream_decoding::test_azures_blank_first_chunk_does_not_begin_the_answer",
        f"{_RESPONSES}provider::test_azure_with_a_dated_version_is_asked_for_chat_completions",
    ),
    "OpenRouter: comments, errors in the middle, 402, cost.": (
        f"{_CHAT}stream_decoding::test_a_finish_reason_that_means_trouble_is_no_end",
        f"{_CHAT}failures::test_a_refusal_has_its_meaning",
    ),
    # Headers
    "What SDKs read to retry: `x-should-retry`, `retry-after-ms`, `retry-after`, statuses.": (
        "errors.rate_limited",
        "errors.surfaces",
    ),
    "An empty account never looks like something to try again.": ("errors.surfaces",),
    "Rate-limit headers pass where both ends speak the wire; no cookies, no encodings.": (
        "chat.limits",
        "media.passed",
    ),
    "The request's id is echoed; `Idempotency-Key`.": ("errors.request_id", "idempotency.replayed"),
    "A client that leaves, at any point, closes what is upstream.": ("chat.left", "errors.surfaces", "responses.left"),
    "No buffering, comments in silences, nothing packed that streams.": ("compression.untouched", "chat.stream"),
    "413 in the caller's shape, invalid UTF-8, duplicate keys, exact numbers.": (
        "errors.body_too_large",
        f"{_CHAT}request_decoding::test_of_duplicate_keys_the_last_counts",
        f"{_CHAT}request_decoding::test_numbers_stay_exact",
    ),
}
