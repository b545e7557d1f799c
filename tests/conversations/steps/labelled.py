"""Messages with what they want, written down before the rules were run over them; each after one of the exchanges."""

from dataclasses import dataclass
from typing import Final

from chimera.conversations.steps.reading.intent import Intent

NONE: Final = ("", "")
DJANGO: Final = (
    "How do I add a field to a model in Django?",
    "Add it to the class, run makemigrations and then migrate. Django writes the migration file for you.",
)
LISBON: Final = (
    "What should I see in Lisbon in two days?",
    "Day one: Alfama and the castle. Day two: Belém with its tower, and a tram ride at sunset.",
)
MAIL: Final = (
    "Write a mail to my landlord about the broken heating.",
    "Dear Mr Klein, since Monday the heating in my flat has not worked. Please send somebody soon.",
)


@dataclass(frozen=True, slots=True)
class Labelled:
    text: str
    before: tuple[str, str]
    wants: Intent


_QUESTIONS: Final = (
    ("Why is the sky blue?", NONE), ("What is the capital of Peru?", NONE), ("How many litres are in a gallon?", NONE),
    ("is it safe to eat raw salmon", NONE), ("Wie hoch ist die Zugspitze?", NONE), ("Où se trouve Nantes ?", NONE),
    ("¿Cuántos habitantes tiene Bogotá?", NONE), ("who wrote Middlemarch", NONE),
    ("Does Django delete the old migration file when I squash?", DJANGO),
    ("Which database does Django use by default?", DJANGO),
    ("Can a Django model have no primary key?", DJANGO), ("How far is Belém from the castle?", LISBON),
    ("Is the castle open on Mondays?", LISBON), ("Are landlords obliged to repair heating at once?", MAIL),
)  # fmt: skip
_COMMANDS: Final = (
    ("Write a haiku about rain.", NONE), ("Translate 'good morning' into Japanese.", NONE),
    ("Please summarise the following text: The quick brown fox jumps.", NONE), ("give me five names for a cat", NONE),
    ("Could you draft an invitation to my birthday?", NONE), ("Schreib mir ein Gedicht über den Herbst.", NONE),
    ("Explique la relativité à un enfant.", NONE), ("Escribe una carta de renuncia.", NONE),
    ("Make it shorter and more formal.", MAIL), ("Translate it into German please", MAIL),
    ("now add a subject line", MAIL), ("Rewrite the second sentence.", MAIL), ("Show me the code for that", DJANGO),
    ("List the costs of each of these.", LISBON),
)  # fmt: skip
_CLARIFICATIONS: Final = (
    ("What do you mean by that?", DJANGO), ("I meant the admin model, not the user model.", DJANGO),
    ("Sorry, I don't understand.", DJANGO), ("Can you explain that in other words?", DJANGO),
    ("No, I was talking about Lisbon in Ohio.", LISBON), ("huh?", DJANGO), ("Was meinst du damit?", MAIL),
    ("Ich verstehe das nicht.", DJANGO), ("Qu'est-ce que tu veux dire ?", LISBON), ("No entiendo.", LISBON),
    ("you mean the old castle?", LISBON), ("Could you clarify the second step?", DJANGO),
)  # fmt: skip
_FOLLOW_UPS: Final = (
    ("And how do I undo it?", DJANGO), ("Why?", DJANGO), ("What about foreign keys?", DJANGO),
    ("And in the rain?", LISBON), ("How long does that take?", LISBON), ("What if they don't answer?", MAIL),
    ("But does it work on Windows?", DJANGO), ("Is there a cheaper one?", LISBON), ("Und wenn es regnet?", LISBON),
    ("Et avec des enfants ?", LISBON), ("¿Y si no responde?", MAIL), ("How often does it run then?", DJANGO),
    ("Which of those is closest to the river?", LISBON), ("What else?", LISBON),
)  # fmt: skip
_NEW_TOPICS: Final = (
    ("By the way, how do I boil an egg?", DJANGO), ("Different question: who won the World Cup in 1990?", LISBON),
    ("Let's talk about something else. Do you know jazz?", MAIL), ("Übrigens, wie wird das Wetter in Wien?", MAIL),
    ("What is the boiling point of ethanol?", LISBON), ("Who painted Guernica?", DJANGO),
    ("Au fait, quelle heure est-il à Tokyo ?", LISBON), ("Otra pregunta: ¿qué es un agujero negro?", MAIL),
    ("How do vaccines train the immune system?", MAIL), ("On another note, my dog keeps sneezing at night.", DJANGO),
    ("Changing the subject: recommend a novel by Ishiguro.", LISBON), ("What do hedgehogs eat in winter?", DJANGO),
)  # fmt: skip
_FEEDBACK: Final = (
    ("Thanks!", DJANGO), ("Great, that works.", DJANGO), ("That's wrong.", LISBON), ("Perfect", MAIL),
    ("No, that is not correct.", DJANGO), ("Good answer", LISBON), ("Danke, das hat geholfen!", DJANGO),
    ("Das stimmt nicht.", LISBON), ("Merci beaucoup", LISBON), ("this is too long", MAIL),
    ("You are mistaken.", LISBON),
    ("I love it!", MAIL), ("Not what I asked for.", DJANGO), ("gracias, muy bien", MAIL),
)  # fmt: skip
_GOODBYES: Final = (
    ("Bye!", DJANGO), ("Thanks, that's all for today.", DJANGO), ("Good night", LISBON), ("See you tomorrow!", MAIL),
    ("Okay thank you, goodbye", LISBON), ("Tschüss und danke", MAIL), ("Das war's, danke.", DJANGO),
    ("Au revoir !", LISBON), ("Hasta luego", MAIL), ("I have to go now, talk later", DJANGO), ("ciao", LISBON),
    ("Have a nice evening!", MAIL),
)  # fmt: skip
_BY_INTENT: Final[dict[Intent, tuple[tuple[str, tuple[str, str]], ...]]] = {
    "question": _QUESTIONS,
    "command": _COMMANDS,
    "clarification": _CLARIFICATIONS,
    "follow_up": _FOLLOW_UPS,
    "new_topic": _NEW_TOPICS,
    "feedback": _FEEDBACK,
    "goodbye": _GOODBYES,
}
LABELLED: Final = tuple(Labelled(text, before, wants) for wants, said in _BY_INTENT.items() for text, before in said)
