"""The phrases by which rules tell what a message wants, in languages that many people write."""

import re
from functools import cache
from typing import Final

THANKS: Final = r"""
(?:ok(?:ay)?|alright|great|cool|super|perfect|thanks?|thank you|thx|many thanks|cheers|vielen dank|
danke(?: schön| dir)?|merci(?: beaucoup)?|(?:muchas )?gracias|so much|a lot|very much|for your help|
for the help)
"""
GOODBYE: Final = r"""
^(?:{thanks}[\s,.!]*)*(?:and |und )?(?:good ?bye|bye(?:[ -]bye)?|see you|see ya|cya|good night|
have a (?:nice|good|great) \w+|talk (?:to you )?(?:later|soon|tomorrow)|until next time|that'?s all|
that'?s it|that will be all|i'?m done|gotta go|i have to go|i must go|take care|tschüss|tschau|ciao|
auf wiedersehen|bis (?:später|bald|dann|morgen|nächstes mal)|gute nacht|schönen \w+ noch|das war'?s|
das wäre alles|au revoir|à (?:bientôt|demain|plus)|bonne (?:nuit|soirée|journée)|c'est tout|adiós|
hasta (?:luego|mañana|pronto)|chao|buenas noches|eso es todo)\b
"""
FEEDBACK: Final = r"""
^(?:(?:yes|no|ja|nein|oui|non|sí|well|hm+|wow|oh)[\s,.!]+)?(?:{thanks}|awesome|excellent|brilliant|amazing|
nice(?: one| work)?|well done|good (?:job|answer|work|point)|perfekt|toll|prima|sehr gut|gut gemacht|
parfait|génial|très bien|genial|excelente|muy bien|i (?:really )?(?:like|love|hate|don'?t like|
dislike) (?:it|this|that|your \w+|the answer)|(?:that|this|it|your answer|the answer|das|cela|c'|eso)(?: is|
's| was| ist| est| es|est)?(?: not| nicht| pas| no| still| totally| completely| exactly| very| really| too|
 just| what i needed| leider| ganz| genau| viel zu| sehr| so| trop| très| muy)* ?(?:wrong|right|incorrect|
correct|true|false|helpful|useless|useful|great|perfect|bad|good|long|short|what i needed|what i wanted|
what i was looking for|falsch|richtig|hilfreich|gut|schlecht|lang|super|faux|utile|mal|bien|incorrecto|
correcto)|(?:that|this|it) (?:works?|worked|helps?|helped|didn'?t (?:work|help)|doesn'?t (?:work|help))|
you(?:'re| are) (?:wrong|mistaken|right|the best|awesome|great)|wrong|incorrect|stimmt(?: nicht)?|
das (?:stimmt(?: so)? nicht|hilft(?: mir)?(?: nicht)?|hat geholfen)|not (?:helpful|what i (?:asked|wanted|
meant))( for)?)\b
"""
CLARIFICATION: Final = r"""
^(?:sorry|pardon|huh|hm+|wait|no|nein|non|i see)?[\s,.?!]*(?:what do you mean|what did you mean|
what does (?:that|this) mean|what is that supposed to mean|i (?:meant|mean)\b|i was (?:asking|
talking) about|i don'?t (?:understand|get it|follow)|i(?:'m| am) (?:confused|lost)|(?:can|
could) you (?:clarify|rephrase|explain that|say that)|please (?:clarify|rephrase)|(?:explain|
say) that (?:again|differently|in simpler)|in other words|which (?:one )?do you mean|are you (?:saying|
talking about)|do you mean|you mean|was (?:meinst|meinen) (?:du|sie)|wie meinst du|was heißt das|
was bedeutet das|ich (?:meinte|meine)\b|das verstehe ich nicht|ich verstehe (?:das )?nicht|(?:kannst|
könntest) du das (?:erklären|genauer)|qu'est-ce que (?:tu veux|vous voulez) dire|je ne comprends pas|
je voulais dire|que veux-tu dire|qué quieres decir|no entiendo|quería decir|quise decir)|^(?:huh|pardon|
what|sorry)\s*\?+$
"""
NEW_TOPIC: Final = r"""
\b(?:by the way|btw|on (?:an)?other note|(?:a )?(?:new|different|unrelated|another) (?:topic|question|
subject)|chang(?:e|ing) (?:of |the )?(?:topic|subject)|something (?:else|different|completely different)|
unrelated|let'?s (?:talk about|switch to|move on)|moving on|switching gears|übrigens|(?:ein )?anderes thema|
(?:eine )?andere frage|themenwechsel|etwas (?:ganz )?anderes|au fait|autre (?:sujet|question)|rien à voir|
changeons de sujet|por cierto|otra (?:cosa|pregunta)|otro tema|cambiando de tema)\b
"""
COMMAND: Final = r"""
^(?:(?:now|then|ok(?:ay)?|please|kindly|bitte|jetzt|s'il (?:te|vous) plaît|por favor|hey|hi|
hello)[\s,]+)*(?:(?:can|could|would|will) you (?:please )?|(?:kannst|könntest|könnten|würdest) (?:du|
sie) (?:bitte )?|(?:peux-tu|pouvez-vous|puedes|podrías) |i (?:want|need|would like|
'd like) you to )?(?:write|draft|make|create|build|generate|compose|translate|summari[sz]e|list|give|show|
tell|explain|describe|fix|correct|rewrite|rephrase|shorten|expand|convert|calculate|compute|solve|compare|
find|search|look up|add|remove|delete|change|replace|rename|refactor|implement|debug|test|run|open|close|
set|update|sort|format|draw|plan|suggest|recommend|help|check|review|continue|proofread|outline|read|count|
extract|classify|turn|stop|remind|prepare|design|schreib(?:e|en)?|erstelle|mach(?:e)?|übersetze?|fasse|
liste|gib|zeig(?:e)?|erklär(?:e|en)?|beschreibe?|korrigiere|berechne|vergleiche|finde|suche|hilf|nenne|
verbessere|écris|écrivez|traduis|traduisez|résume|explique|donne|montre|fais|corrige|crée|escribe|traduce|
resume|explica|dame|muestra|haz|crea|calcula|ayúdame)\b(?!\s*\?)
"""
ASKING: Final = r"""
^(?:what|who|whom|whose|when|where|which|why|how|is|are|was|were|do|does|did|can|could|will|would|should|
has|have|was|wer|wann|wo|welche[rs]?|warum|wieso|wie|ist|sind|kann|gibt|hat|que|qui|quand|où|quel(?:le)?s?|
pourquoi|comment|est-ce|combien|qué|quién|cuándo|dónde|cuál|cómo|cuánto)\b
"""
THANKED: Final = r"^(?:{thanks}[\s,.!]+)+"


@cache
def pattern(phrases: str) -> re.Pattern[str]:
    """Of phrases; made when they are first looked for. Breaks of lines are none of theirs."""
    text, thanks = ("".join(one.splitlines()) for one in (phrases, THANKS))
    return re.compile(text.replace("{thanks}", thanks), re.IGNORECASE)
