"""Words that tie an answer to a moment or a person are found, in several languages."""

import pytest

from chimera.gateway.caching.sensitive import is_of_ones_own, is_personal, is_time_bound


@pytest.mark.parametrize(
    "text",
    [
        "What's the weather in Oslo?",
        "Who is the current president of France?",
        "latest Python version",
        "What time is it in Tokyo?",
        "Was gibt es heute Neues?",
        "Wer ist der aktuelle Papst?",
        "Quelle est la dernière version ?",
        "¿Qué hora es ahora?",
        "Какая сегодня погода?",
        "今天天气怎么样",
        "오늘 날씨",
        "WHAT HAPPENED YESTERDAY?",
    ],
)
def test_what_changes_with_time_is_found(text: str) -> None:
    assert is_time_bound(text)


@pytest.mark.parametrize(
    "text",
    [
        "How do I sort a list in Python?",
        "Explain nowhere differentiable functions.",
        "Define currency.",
        "Who wrote Hamlet?",
        "Wie funktioniert eine Wärmepumpe?",
    ],
)
def test_what_stays_as_it_is_is_not(text: str) -> None:
    assert not is_time_bound(text)


@pytest.mark.parametrize(
    "text",
    [
        "Write to jane.doe@example.com",
        "Card 4111 1111 1111 1111",
        "Call +49 30 1234 5678",
        "DE89 3704 0044 0532 0130 00",
        "SSN 078-05-1120",
        "from 192.168.10.24",
        "the key sk-abcdefghijklmnop",
    ],
)
def test_what_names_a_person_is_found(text: str) -> None:
    assert is_personal(text)


@pytest.mark.parametrize("text", ["What is 12 times 12?", "Python 3.11.4", "In 1989 the wall fell", "10,000 streams"])
def test_plain_numbers_name_nobody(text: str) -> None:
    assert not is_personal(text)


@pytest.mark.parametrize("text", ["Why was my card refused?", "Wo ist mein Paket?", "Où est ma commande ?", "我的订单"])
def test_who_speaks_of_their_own_is_found(text: str) -> None:
    assert is_of_ones_own(text)
    assert not is_of_ones_own("How are card payments refused?")
