"""Sentence splitting: measured on treebanks, shown by examples, tried with random and hostile texts."""

from collections.abc import Callable, Iterable
from itertools import accumulate
from pathlib import Path

import pytest
from growth import assert_linear, repeated
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sentencex import get_sentence_boundaries

from audiobook.narration.splitting.abbreviations import language_words
from audiobook.narration.splitting.sentences import sentence_spans

Splitter = Callable[[str, str], list[tuple[int, int]]]

BARS = {
    # language: the least precision and the least F1
    "lv": (0.985, 0.985),
    "pl": (0.985, 0.985),
    "fi": (0.985, 0.985),
    "sl": (0.985, 0.985),
    "id": (0.985, 0.985),
    "en": (0.98, 0.98),
}
TERMINATORS = ".!?…"
CLOSERS = "\"'”’“‘»«›‹)]}"


def library_spans(text: str, language: str) -> list[tuple[int, int]]:
    spans = []
    for piece in get_sentence_boundaries(language, text):
        start = piece["start_index"]
        spans.append((start, start + len(piece["text"].rstrip())))
    return spans


def runs_of(path: Path) -> list[list[str]]:
    blocks = path.read_text("utf-8").split("\n\n")
    return [block.splitlines() for block in blocks if block.strip()]


def inner_ends(sentences: list[str]) -> list[int]:
    """Where the sentences of a run end, joined by spaces; the end of the run itself does not count."""
    return list(accumulate(len(sentence) + 1 for sentence in sentences[:-1])) if sentences[1:] else []


def measured(splitter: Splitter, language: str, runs: Iterable[list[str]]) -> tuple[float, float, float]:
    """Precision, recall and F1, as the README beside the data defines them."""
    predicted = right = wanted = found = 0
    for sentences in runs:
        text = " ".join(sentences)
        ends = {end - 1 for end in inner_ends(sentences)}
        boundaries = {end for _, end in splitter(text, language)} - {len(text)}
        marked = {end for end in ends if text[:end].rstrip(CLOSERS).endswith(tuple(TERMINATORS))}
        predicted += len(boundaries)
        right += len(boundaries & ends)
        wanted += len(marked)
        found += len(boundaries & marked)
    precision, recall = right / max(predicted, 1), found / max(wanted, 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def test_the_measure_counts_inner_ends_and_asks_only_for_marked_ones() -> None:
    run = ["One two.", "A heading", "Three four."]
    text = " ".join(run)
    exact = [(0, 8), (9, 18), (19, 30)]
    assert [text[start:end] for start, end in exact] == run
    assert measured(lambda *_: exact, "en", [run]) == (1, 1, 1)
    assert measured(lambda *_: [(0, 8), (9, 30)], "en", [run]) == (1, 1, 1)
    assert measured(lambda *_: [(0, 3), (4, 8), (9, 30)], "en", [run])[:2] == (0.5, 1)
    assert measured(lambda *_: [(0, 30)], "en", [run])[:2] == (0, 0)


@pytest.mark.slow
@pytest.mark.parametrize("language", BARS)
def test_precision_and_f1_hold_on_treebanks(
    language: str, shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = runs_of(shared / "sentences" / f"{language}.txt")
    ours, library = (measured(splitter, language, runs) for splitter in (sentence_spans, library_spans))
    row = " ".join(f"{value:6.3f}" for value in (*ours, *library))
    with capsys.disabled():
        if language == next(iter(BARS)):
            print("\n    precision, recall, F1 | of sentencex alone", end="")  # noqa: T201
        print(f"\n{language}: {row}", end=" ")  # noqa: T201
    precision, f1 = BARS[language]
    assert ours[0] >= precision
    assert ours[2] >= f1
    assert ours[2] > library[2]


EXAMPLES = {
    "lv": [
        "Tas sākās 1993. gada 12. jūnijā. | 3. 1987. gadā viņa atgriezās.",
        "Dr. Ozola un prof. V. Liepa dzīvo Krasta ielā 7. | Viņi ir kaimiņi.",
        "Pirka maizi, pienu u. c. | Tad gāja mājās.",
        "Lasi, piem., t. i. Annas dienasgrāmatu, sk. 14. lpp. un tālāk.",
        "19. gs. Vidzemē bija citādi. | Tā bija 1987. g. vasarā.",
        "– Kur tu ej? – māte jautāja. | – Uz mežu!",
        '"Kur tu ej?" Anna jautāja. | "Uz mežu. | Nāc līdzi!"',
        "Viņš klusēja… | Pēc brīža sāka smieties… un apklusa.",
    ],
    "pl": [
        "Urodził się 3 marca 1921 r. w Gdyni. | W 1938 r. Polska wyglądała inaczej.",
        "Mieszkał przy ul. św. Anny 4 m. 2. | Znał m.in. prof. dr. hab. Adama Lisa, tzw. Wilka.",
        "Zob. art. 12 ust. 3 i rozdz. IV. | Koniec.",
        "Kupił chleb, mleko itd. | Potem wrócił o godz. 18.30 do domu.",
        "- Dokąd idziesz? - spytała matka. | - Do lasu!",
        "To był tylko sen. | Obudził się.",
        "Zaraz wracam, za 5 min. | Zadzwonił min. Nowak.",
        "W VIII w. p.n.e. Grecja rosła. | Już w maju 1926 r. Meyer pisał. | Był tam w 1990 r. | Polska też.",
        "W latach 80. i 90. XX wieku, pow. 350 m.",
    ],
    "fi": [
        "Hän syntyi 3. maaliskuuta 1921. | Sitten tuli 2. maailmansota.",
        "700-luvulla eKr. Kreikka kasvoi. | Se oli 700-luvulla eKr. | Kreikka kasvoi.",
        "Ks. esim. s. 45 tai E. N. Setälä ym. | Kirja on täällä.",
        '"Minne menet?" äiti kysyi. | "Metsään!" Matti vastasi. | Äiti jäi.',
        "– Minne menet? – äiti kysyi. | – Metsään!",
        "Hän osti leipää, maitoa jne. ja lähti klo 18.30 kotiin.",
        "1. Avaa ovi. | 2. Sulje ikkuna.",
        "Hän oli väsynyt... mutta jatkoi. | Mitä?! | Ei!",
        "Vaiheet: 1. Avaa ovi. | 2. Sulje se. | Tulos: 100. | Sitten hän lähti. | Siis 1; 2. Avaa ovi.",
        "Hän osti sen. | iPhone on kallis. | He tulivat . | He lähtivät .",
        "2024. Sitten hän lähti.",
        "20245. | Sitten hän lähti.",
        "Paineet ok, syst. 130-145, tippuu ad. 82. | Pot. Virtanen nukkui. | Käy yli 200 syst. | Illalla laski.",
    ],
    "sl": [
        "Rodil se je 3. marca 1921 v Celju. | V 19. stoletju je bilo drugače.",
        "Dr. Novak, prof. Zupan in sv. Miklavž so npr. prijatelji. | Ga. Kos tudi.",
        "Videl sem ga. | Potem je odšel leta 1990. | Nikoli več.",
        "Tako se je l. 1070. proti njemu uprl. | To je bilo l. 1810. | Potem je prišel.",
        "Kupil je kruh, mleko itd. | Nato je šel domov. | To je bila smrt. | Vsi so molčali.",
        "»Kam greš?« je vprašala mati. | »V gozd. | Pridi!«",
        "Papež Janez XXIII. je umrl. | Glej str. 45 in čl. 3.",
        "Hiša je stara. | (foto: A. Kos)",
    ],
    "id": [
        "Dr. Sutomo tinggal di Jl. Melati No. 7, Kec. Beji, Kab. Sleman. | Dia seorang dokter.",
        "Ia membeli roti, susu, dll. | Kemudian pulang pukul 18.30 ke rumah.",
        '"Mau ke mana?" tanya ibu. | "Ke hutan!"',
        "H. Agus Salim, S.H. dan Prof. Ir. Rooseno hadir.",
        "Saya pulang ke Bali. | Di sana ada rumah.",
        "Buku itu terbit bulan Juli. | Sampul buku itu biru. | Harganya turun di Asia. | Raja itu kaya.",
        "Ia bekerja di Sinar Co. Ltd. dan Mega Pte. Ltd. (MPL). | PT Bank Negara Tbk. (BBNI) naik hari Senin.",
        "Saham itu milik PT Telkom Tbk. | Harga saham turun sejak 5 Agt. 2007.",
        "Letjen (Purn.) Hadi dan Kol. Inf. Sunarto makan kol. | Rasanya enak.",
        "Ia membeli roti, dll. | (Ia lapar.) | Lalu ia tidur.",
        '"Ke hutan. Hari sudah siang. Ayo," kata ibu. | "Ya. Tunggu!" | Anak itu lari.',
        '“Ke hutan. Ayo!” kata ibu. | Pipa 5" itu patah. | Pipa 6" tidak.',
    ],
    "en": [
        "J. K. Rowling met Mr. Smith at 5 p.m. on Jan. 5. | They spoke of the U.S. Navy.",
        'They left the U.S. | "Why?" Anna asked. | "Because I said so." | He laughed.',
        '"Come here!" she said. | "Stop." | "Why?" | "Because I said so."',
        "See paras. 12-15, secs. 4 and chs. 5. | I agree.",
        "No. 5 is alive. | Ask for no. 5, i.e. Peter, cf. Fig. 3, vol. 2 etc. | He said no.",
        "Gen. Grant met Col. Lee. | It was the new gen. | Oh! how lovely it is.",
        "I know (see p. 5. It is short.) that. | (It was late. | He slept.) | End.",
        "It happened at dawn. | 5 men died.[12] | Then it was over. . . and gone.",
        "i was home. | they came late. | are you all right now? | yes. | Who is there now? he thought.",
        "Nice. :) | It was 5 km. | Hmm. | Wow! 😀 | Wait… what?",
        "Take vitamin C. | The end.",
        "It was 5. Nov 2020, then 6. November 2021. | I have 5. | Now go.",
        "Foo Co., Ltd. and Bar Pty. Ltd. | They met at Acme Co. | The end.",
        "P.S. I work for Acme Co. Ltd. from 10 a.m. (CDT) on. | He left at 5 p.m. | (It rained.) | ` Yes. | ` No.",
    ],
    "de": [
        "Am 3. Oktober 1990 begann das 20. Jahrhundert nicht. | Er ist 25. | Sie ist 30.",
        "Kaiser Wilhelm II. regierte. | Heinrich VIII. Tudor, d. h. ca. 5 Mio. Engländer, z. B. Hans.",
        "»Wohin?«, fragte sie. | „Nein!“ rief Anna.",
    ],
    "fr": [
        '" Viens ! " dit-il. | " Viens. " | Il partit avec M. Dupont.',
        "« Où ? » | Il rit.",
        "Né en 52 av. J.-C. à Rome. | Mort en 79 apr. J.-C. | Le roi but, etc. | Puis M. Le Goff prit de la vitamine C. | Elle dort.",
    ],
    "es": [
        "¿Qué tal? | ¡Bien! | El Sr. Paz vive en la avda. de Roma. | Dijo que no. | Miraba el mar. | Ud. sabe.",
        "Nació en el 44 a. C. | La guerra llegó a EE. UU. | El Sr. Las Heras vive en EE. UU. desde hoy. | D. José come, p. ej. Pan.",
        "Viajó a EE. UU. | El lunes volvió con los FF. CC. y las CC. AA. de España.",
    ],
    "ru": [
        "Он видел их в г. Туле в 1990 г. | Потом помог им. | И т. д. | «Иди!» — сказал он.",
        "Институт им. Баумана и завод им. Ленина. | Он помог им. | Потом ушёл.",
    ],
    "it": ["Si veda all'art. 1002 e dell'art. 5. | L'avv. Neri e l'ing. Blu. | Fine."],
    "sv": ["Sedan gick hon. | Det var t.ex. Anna, bl.a. Karin osv. | Då kom han."],
    "hu": ["II. Rákóczi Ferenc és IV. Béla. | Stb. | Aztán elment."],
    "ja": [
        "彼は「はい。」と言った。|そして帰った。|「行くぞ！」|「うん。」",
        "晴れ。|3時に行く。|本当？！|ええ。|何？！|3人だ。",
    ],
    "zh": ["“你好。”他说。|我走了！|真的？", "他走了。|2020年来了。|真的？！|是的。|你好！|3个人。"],
    "hi": ["यह एक वाक्य है। | यह दूसरा है।"],
    "el": ["Πώς είσαι; | Καλά. | Ήρθε ο Γιάννης."],
    "ur": ["کیا یہ ہے؟ | وہ ہے۔"],
    "am": ["ሰላም። | እንዴት ነህ?"],
    "sr-Latn": ["Ulica sv. Save 5, tj. ul. Kralja Petra. | Krv. | Smrt."],
    "pt-BR": ["O Sr. Dr. Paulo mora na Av. Brasil, n. 5. | Saiu."],
    "x-nobody": ["Dr. Who a J. K. Foo. | 5. maj etc. | Bar!", "¿Baz? 😀 | Foo."],
}


def test_sentences_are_found() -> None:
    wrong = []
    for language, marked in ((tag, marked) for tag, rows in EXAMPLES.items() for marked in rows):
        expected = [sentence.strip() for sentence in marked.split("|")]
        text = marked.replace(" | ", " ").replace("|", "")
        found = [text[start:end] for start, end in sentence_spans(text, language)]
        if found != expected:
            wrong.append(f"{language}: {' | '.join(found)}, not {marked}")
    assert not wrong, "\n".join(wrong)


def test_spans_count_code_points_and_leave_out_white_space() -> None:
    text = "\u00a0 Hei 😀 äiti! \n Tule. \n\nOtsikko\n \nLoppu "
    spans = sentence_spans(text, "fi")
    assert [text[start:end] for start, end in spans] == ["Hei 😀 äiti!", "Tule.", "Otsikko", "Loppu"]


def test_the_end_of_a_library_window_ends_no_sentence() -> None:
    text = "यह एक वाक्य है। " * 1000
    assert len(sentence_spans(text, "hi")) == 1000
    assert len(sentence_spans("संवाद " * 4000, "hi")) == 1


def test_the_library_never_panics() -> None:
    for text in ("J.\u00a0K.\u00a0Rowling", "A\u2003. B.", "\ud800. Ja \udfff!"):
        for language in ("en", "de", "fi"):
            assert sentence_spans(text, language)


def test_a_title_ends_no_sentence_in_any_language() -> None:
    languages = "am bs cs da es et fr hr it lt nb nl no pt ro tr".split()
    found = {language: len(sentence_spans("Abc dr. Def prof. Ghi. Abc.", language)) for language in languages}
    assert found == dict.fromkeys(languages, 2)


def test_no_word_both_begins_sentences_and_leads() -> None:
    for language in ("en", "es", "fi", "fr", "id", "lv", "pl", "sl", "de"):
        words = language_words(language)
        assert not {word for word in words.starters & words.leading if len(word) > 1}, language


LANGUAGES = [
    "en",
    "fi",
    "lv",
    "pl",
    "sl",
    "id",
    "de",
    "fr",
    "ja",
    "ar",
    "hi",
    "sr-Latn",
    "pt-BR",
    "x",
    "",
    "tlh",
]
PIECES = st.sampled_from(
    [
        *".!?…\"'“”„«»()[]—–- \n\r\t\u00a0。「」؟।:;,0159",
        "Dr",
        "5.",
        "XIV.",
        "J.",
        "etc.",
        "he said",
        "Ja",
        "ä",
        "\u0301",
        "😀",
    ]
)


@pytest.mark.slow
@settings(max_examples=200)
@given(text=st.text() | st.lists(PIECES).map("".join), language=st.sampled_from(LANGUAGES))
@example(text="", language="en")
@example(text=" \n", language="en")
@example(text=".", language="en")
def test_spans_contain_every_character_once_and_in_order(text: str, language: str) -> None:
    reached = 0
    for start, end in sentence_spans(text, language):
        assert reached <= start < end <= len(text)
        assert not text[reached:start].strip()
        assert text[start:end] == text[start:end].strip()
        reached = end
    assert not text[reached:].strip()


HOSTILE = {
    "no space": repeated("a"),
    "digits": repeated("1"),
    "combining marks": repeated("\u0301", before="a"),
    "apostrophes": repeated("s'"),
    "full stops": repeated("."),
    "spaced full stops": repeated(". "),
    "open quotes": repeated("“"),
    "open brackets": repeated("(a. "),
    "closing brackets": repeated(")", before="A.", after=" B"),
    "initials": repeated("A. "),
    "numbers": repeated("1. "),
    "brackets in one sentence": repeated("(a. B) "),
    "note numbers": repeated("[1]", before="a."),
    "spaces": repeated(" ", before="A.", after="B"),
    "emoji": repeated("😀", before="a. "),
    "ideographs": repeated("是。"),
    "blank lines": repeated("\n\n"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_linear_time(name: str) -> None:
    assert_linear(lambda text: sentence_spans(text, "fi"), HOSTILE[name], 3_000)
