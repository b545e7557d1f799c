"""Texts in scripts that vocabularies treat very differently, cut into sentences and shuffled into ever new ones."""
# ruff: noqa: E501, RUF001 (wide letters; letters of other scripts look like Latin ones)

from random import Random

SENTENCES = {
    "khmer": "មនុស្សទាំងអស់កើតមកមានសេរីភាព និងសមភាពក្នុងផ្នែកសេចក្ដីថ្លៃថ្នូរ និងសិទ្ធិ។ មនុស្សមានវិចារណញ្ញាណ និងសតិសម្បជញ្ញៈជាប់ពីកំណើត។ "
    "គ្រប់គ្នាគប្បីប្រព្រឹត្តចំពោះគ្នាទៅវិញទៅមក ក្នុងស្មារតីភាតរភាពជាបងប្អូន។ បុគ្គលគ្រប់រូបមានសិទ្ធិរស់រានមានជីវិត។ មានសេរីភាព និងសន្តិសុខផ្ទាល់ខ្លួន។ "
    "គ្មានបុគ្គលណាម្នាក់ត្រូវគេដាក់ឱ្យស្ថិតក្នុងភាពជាទាសករឡើយ។ ថ្ងៃនេះអាកាសធាតុល្អណាស់ ខ្ញុំចង់ទៅផ្សារទិញបន្លែ និងត្រី។ តើអ្នកអាចជួយខ្ញុំសរសេរសំបុត្រនេះបានទេ។",
    "thai": "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ ต่างมีเหตุผลและมโนธรรม ควรปฏิบัติต่อกันด้วยเจตนารมณ์แห่งภราดรภาพ "
    "ทุกคนมีสิทธิในการดำรงชีวิต เสรีภาพ และความมั่นคงแห่งตัวตน บุคคลใดจะตกอยู่ในความเป็นทาสไม่ได้ วันนี้อากาศดีมาก ฉันอยากไปตลาดซื้อผักและปลา "
    "ช่วยเขียนจดหมายฉบับนี้ให้หน่อยได้ไหม โปรแกรมนี้ทำงานช้าเกินไป",
    "chinese": "人人生而自由。在尊严和权利上一律平等。他们赋有理性和良心。并应以兄弟关系的精神相对待。人人有权享有生命、自由和人身安全。任何人不得使为奴隶或奴役。"
    "今天天气很好。我想去市场买蔬菜和鱼。你能帮我写这封信吗。这个程序运行得太慢了。请解释一下这段代码的作用。会议改到下周三下午三点。",
    "german": "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und Gewissen begabt. "
    "Sie sollen einander im Geist der Brüderlichkeit begegnen. Jeder hat das Recht auf Leben und Freiheit. Heute ist "
    "schönes Wetter. Könntest du mir bitte helfen, diesen Brief zu schreiben? Das Programm läuft viel zu langsam. Die "
    "Besprechung wurde auf nächsten Mittwoch um fünfzehn Uhr verschoben. Erkläre mir, was diese Funktion zurückgibt.",
    "russian": "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью. "
    "Каждый человек имеет право на жизнь. Сегодня хорошая погода. Помоги мне написать это письмо. Программа работает "
    "слишком медленно. Встреча перенесена на среду.",
    "arabic": "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق. وقد وهبوا عقلا وضميرا. لكل فرد الحق في الحياة والحرية. "
    "الطقس جميل اليوم. هل يمكنك مساعدتي في كتابة هذه الرسالة. هذا البرنامج بطيء جدا.",
    "hindi": "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता प्राप्त है। उन्हें बुद्धि और अन्तरात्मा की देन प्राप्त है। आज मौसम बहुत अच्छा है। "
    "क्या आप यह पत्र लिखने में मेरी मदद कर सकते हैं। यह प्रोग्राम बहुत धीमा है।",
    "english": "All human beings are born free and equal in dignity and rights. They are endowed with reason and "
    "conscience. Everyone has the right to life. The weather is nice today. Could you help me write this letter? The "
    "program runs far too slowly. The meeting was moved to Wednesday.",
    "code": "def add(a: int, b: int) -> int:\n    return a + b\n\n. for (let i = 0; i < rows.length; i++) { total += rows[i][2]; }\n"
    '. {"id": 7919, "name": "user1", "active": true, "score": 0.142857}. SELECT * FROM t WHERE id >= 12 AND x <> \'y\';'
    '. if not (found := by_id.get(key)):\n    raise KeyError(f"{key!r}")\n. #include <stdio.h>\nint main(void) { return 0; }\n',
}
_STOPS = {"khmer": "។", "chinese": "。", "hindi": "।", "thai": " "}


def text_in(language: str, random: Random, *, sentences: int = 40) -> str:
    """A text that was not seen before, in the words of the samples."""
    stop = _STOPS.get(language, ".")
    known = [sentence.strip(" ") for sentence in SENTENCES[language].split(stop) if sentence.strip()]
    return f"{stop} ".join(random.choices(known, k=sentences))
