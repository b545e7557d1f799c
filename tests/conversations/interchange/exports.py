"""Exports of other houses, in their true shapes, with what they really leave out and hide."""

from typing import Any

PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)
_ROOT = "00000000-0000-0000-0000-000000000000"


def node(name: str, parent: str | None, message: dict[str, Any] | None, *children: str) -> dict[str, Any]:
    return {"id": name, "message": message, "parent": parent, "children": list(children)}


def said(role: str, *parts: Any, at: float | None = 1_700_000_000.5, **more: Any) -> dict[str, Any]:
    """A message as ChatGPT writes it."""
    return {
        "id": more.pop("id", "m"),
        "author": {"role": role, "name": None, "metadata": {}},
        "create_time": at,
        "update_time": None,
        "content": more.pop("content", {"content_type": "text", "parts": list(parts)}),
        "status": "finished_successfully",
        "end_turn": True,
        "weight": 1.0,
        "metadata": dict(more.pop("metadata", {})),
        "recipient": more.pop("recipient", "all"),
        "channel": None,
    }


_GPT = {"model_slug": "gpt-4o", "finish_details": {"type": "stop", "stop_tokens": [200002]}}
_HIDDEN = {"is_visually_hidden_from_conversation": True}


def chatgpt(name: str = "67a1", title: str = "Skies") -> dict[str, Any]:
    """A question that was edited once, an answer with thoughts, a search, a picture, and much that is hidden."""
    return {
        "title": title,
        "create_time": 1_700_000_000.123,
        "update_time": 1_700_000_900.0,
        "mapping": {**_beginning(), **_search(), **_picture()},
        "moderation_results": [],
        "current_node": "a3",
        "plugin_ids": None,
        "conversation_id": name,
        "is_archived": False,
        "default_model_slug": "gpt-4o",
        "id": name,
    }


def _beginning() -> dict[str, Any]:
    instructions = {"content_type": "user_editable_context", "user_profile": "I teach.", "user_instructions": "Brief."}
    return {
        "client-created-root": node("client-created-root", None, None, "sys"),
        "sys": node("sys", "client-created-root", said("system", "", at=None, metadata=_HIDDEN), "ctx"),
        "ctx": node("ctx", "sys", said("user", content=instructions, at=None, metadata=_HIDDEN), "q1", "q2"),
        "q1": node("q1", "ctx", said("user", "Why is the sky green?"), "a1"),
        "a1": node("a1", "q1", said("assistant", "It is not.", metadata=_GPT)),
        "q2": node("q2", "ctx", said("user", "Why is the sky blue?", at=1_700_000_100), "think"),
    }


def _search() -> dict[str, Any]:
    thoughts = {"content_type": "thoughts", "thoughts": [{"summary": "Light", "content": "Short waves scatter."}]}
    code = {"content_type": "code", "language": "unknown", "text": 'search("sky")'}
    quote = {"content_type": "tether_quote", "url": "https://sky.example", "domain": "sky.example"}
    quote |= {"title": "Rayleigh", "text": "Blue scatters most."}
    return {
        "think": node("think", "q2", said("assistant", content=thoughts, metadata=_GPT), "call"),
        "call": node("call", "think", said("assistant", content=code, recipient="browser"), "found"),
        "found": node("found", "call", said("tool", content=quote), "a2"),
        "a2": node("a2", "found", said("assistant", "Because of ", "Rayleigh.", metadata=_GPT), "q3"),
    }


def _picture() -> dict[str, Any]:
    picture = {"content_type": "image_asset_pointer", "asset_pointer": "file-service://file-Cat1", "size_bytes": 24}
    asked = {"content_type": "multimodal_text", "parts": [picture, "And this?"]}
    output = {"content_type": "execution_output", "text": "0.42"}
    return {
        "q3": node("q3", "a2", said("user", content=asked), "run"),
        "run": node("run", "q3", said("tool", content=output), "a3"),
        "a3": node("a3", "run", said("assistant", "A cat.", at=None, metadata=_GPT)),
    }


def claude(name: str = "c1a0", title: str = "Skies") -> dict[str, Any]:
    return {
        "uuid": name,
        "name": title,
        "summary": "",
        "created_at": "2024-03-01T10:00:00.123456Z",
        "updated_at": "2024-03-01T10:05:00.000000Z",
        "account": {"uuid": "me"},
        "chat_messages": [
            {
                "uuid": "u1",
                "text": "Read this.",
                "content": [{"type": "text", "text": "Read this.", "citations": []}],
                "sender": "human",
                "created_at": "2024-03-01T10:00:01Z",
                "updated_at": "2024-03-01T10:00:01Z",
                "attachments": [{"file_name": "sky.txt", "file_size": 9, "extracted_content": "It is blue."}],
                "files": [{"file_name": "sky.txt"}, {"file_name": "photo.jpg"}],
            },
            {
                "uuid": "a1",
                "text": "",
                "content": [
                    {"type": "thinking", "thinking": "Let me look.", "summaries": [{"summary": "Looking"}]},
                    {"type": "tool_use", "id": "toolu_1", "name": "web_search", "input": {"query": "sky"}},
                    {"type": "tool_result", "name": "web_search", "content": [{"type": "text", "text": "blue"}]},
                    {"type": "text", "text": "It is blue."},
                    {"type": "token_budget"},
                    {"type": "hologram", "data": 1},
                ],
                "sender": "assistant",
                "created_at": "2024-03-01T10:00:09Z",
                "attachments": [],
                "files": [],
            },
        ],
    }


def claude_tree(name: str = "c1a1") -> dict[str, Any]:
    """As newer exports and the web app tell it, with an answer that was asked for again."""
    root = "00000000-0000-4000-8000-000000000000"
    rows = [("q", root, "human", "Hi"), ("a", "q", "assistant", "One"), ("b", "q", "assistant", "Two")]
    return {
        "uuid": name,
        "name": "Again",
        "model": "claude-sonnet-4",
        "current_leaf_message_uuid": "a",
        "chat_messages": [
            {"uuid": one, "parent_message_uuid": parent, "sender": sender, "text": text, "content": []}
            for one, parent, sender, text in rows
        ],
    }


def open_webui(name: str = "0f3a", title: str = "Skies") -> dict[str, Any]:
    messages = _webui_messages()
    chat = {
        "id": "",
        "title": title,
        "models": ["llama3:8b"],
        "params": {"system": "Be brief."},
        "history": {"messages": messages, "currentId": "a"},
        "messages": [messages["q"], messages["a"]],
        "tags": [],
        "timestamp": 1_710_000_000_123,
    }
    times = {"updated_at": 1_710_000_009, "created_at": 1_710_000_000}
    about = {"share_id": None, "archived": False, "pinned": True, "meta": {"tags": ["sky"]}, "folder_id": None}
    return {"id": name, "user_id": "me", "title": title, "chat": chat} | times | about


def _webui_messages() -> dict[str, Any]:
    reasoning = '<details type="reasoning" done="true" duration="3">\n<summary>Thought for 3 seconds</summary>\n'
    question = {"role": "user", "content": "Why?", "timestamp": 1_710_000_000, "models": ["llama3:8b"]}
    question["files"] = [
        {"type": "image", "url": "https://tracker.example/cat.png"},
        {"type": "file", "name": "notes.md", "file": {"data": {"content": "# Notes"}}},
    ]
    answer = {"role": "assistant", "content": f"{reasoning}&gt; Hmm &amp; so.\n</details>\nBecause.", "done": True}
    answer |= {"model": "llama3:8b", "modelName": "Llama", "timestamp": 1_710_000_005}
    failed = {"role": "assistant", "content": "", "model": "qwen", "error": {"content": "Ollama: 500"}}
    return {
        "q": {"id": "q", "parentId": None, "childrenIds": ["a", "b"]} | question,
        "a": {"id": "a", "parentId": "q", "childrenIds": []} | answer,
        "b": {"id": "b", "parentId": "q"} | failed,
    }


def open_webui_list(name: str = "0f3b") -> dict[str, Any]:
    """Before there was a history: messages in a row, without ids or times."""
    rows = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello", "model": "llama2"}]
    return {"id": name, "chat": {"title": "Old", "messages": rows}}


def librechat(name: str = "1b3c", title: str = "Skies") -> dict[str, Any]:
    """Messages in each other, as its export has them when it is told to be recursive."""
    answer = {
        "messageId": "a",
        "parentMessageId": "q",
        "sender": "GPT-4",
        "isCreatedByUser": False,
        "model": "gpt-4",
        "text": "",
        "content": [
            {"type": "think", "think": "Waves."},
            {"type": "tool_call", "tool_call": {"id": "c1", "name": "search", "args": '{"q":1}', "output": "blue"}},
            {"type": "text", "text": {"value": "Because."}},
        ],
        "createdAt": "2024-05-01T00:00:05.000Z",
        "children": [],
    }
    other = answer | {"messageId": "b", "content": [], "text": "No idea.", "unfinished": True}
    question = {
        "messageId": "q",
        "parentMessageId": _ROOT,
        "sender": "User",
        "isCreatedByUser": True,
        "text": "Why?",
        "createdAt": "2024-05-01T00:00:00.000Z",
        "children": [other, answer],
    }
    return {
        "conversationId": name,
        "endpoint": "openAI",
        "title": title,
        "exportAt": "10:00:00 GMT+0000",
        "branches": True,
        "recursive": True,
        "options": {"promptPrefix": "Be brief.", "model": "gpt-4"},
        "messages": [question],
    }


def librechat_flat(name: str = "1b3d") -> dict[str, Any]:
    rows = [("q", _ROOT, True, "Hi"), ("a", "q", False, "Hello")]
    return {
        "conversationId": name,
        "title": "Flat",
        "recursive": False,
        "messages": [
            {"messageId": one, "parentMessageId": parent, "isCreatedByUser": is_user, "text": text}
            for one, parent, is_user, text in rows
        ],
    }


EVERY = {
    "chatgpt": [chatgpt],
    "claude": [claude, claude_tree],
    "open_webui": [open_webui, open_webui_list],
    "librechat": [librechat, librechat_flat],
}
