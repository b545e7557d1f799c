"""What the models say in these tests."""

from tests.fakes import Answer

COUNT = 40
FIRST, LAST = "word-1 ", f"word-{COUNT}"
WORDS = " ".join(f"word-{number}" for number in range(1, COUNT + 1))
"""Words that can be told apart, so that a lost or doubled one shows."""

CODE = "def add(a, b):\n    return a + b"
MARKDOWN = f"""# A short lesson

Some **bold** words and `inline code`.

```python
{CODE}
```

- first point
- second point

| Name | Sum |
|---|---|
| one | 1 |
| two | 2 |

The end."""


def slowly(text: str = WORDS, *, seconds: float = 2.0, chunks: int = COUNT) -> Answer:
    """Say something over a span that a person, or a test, can act in."""
    return Answer(text=text, chunks=chunks, delay_s=seconds / chunks)
