"""Markdown that is parsed a part at a time means the same as Markdown that is parsed as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from audiobook.sources.text.markdown_dialects import add_dialects
from audiobook.sources.text.markdown_tokens import DEFINES, tokens_of
from audiobook.sources.text.marks.codes import Codes, uncoded
from audiobook.sources.text.marks.markdown import add_marks

BLOCKS = r"""
a paragraph
of two lines
=====
# Heading
=====
Heading
===
=====
- item
- item two
=====
- item

  more [x]

  - nested

    deep
=====
2. two

   ```
   code

   # code
   ```
=====
> quotation
lazy
=====
> quotation
>
> - list
>
>   in [^b] it
=====
| a | b |
|---|---|
| 1 | [x] |
=====
~~~
code

# no heading

%%
~~~
=====
```
never closed

=====
<div>

in *it*

</div>
=====
<!-- comment

goes on

-->
=====
<script>
never

closed
=====
%%
comment

[c]: /in

%%
=====
%% never closed

text
=====
%% one line %%
=====
text with %% in it
=====
- %%

  in a list
=====
[a]: http://a 'title'
=====
[x]: /x
=====
[^b]: note ^[in it]
    [^1]: nested
    more
=====
see [a] and [b][] and [x][a] and [text][c] ![i][b]
=====
note[^1] and [^b] and [^zz] and ^[inline *note*[^1]]
=====
[^1]: the note

    second paragraph [a]

=====
[^zz]: %%
=====
[^1]: again
=====
term
: definition

: another

  paragraph
=====
term

~ definition
=====
$$
x

# y
$$
=====
$$
# a
b
$$ (label)
=====
    code

    more
=====
{% highlight ruby %}
code

# code

{% endhighlight %}
=====
{% raw %}
never closed

=====
::: note Title

inside

:::
=====
[w]{say="v"} {pause=1s}
=====
* * *
=====
| verse
| more
=====
* TOC
{:toc}
=====
id: 0123456789abcdef0123456789abcdef
parent: x
type_: 1
=====
> [!note] Callout
> text
=====
<b>raw</b> text &amp; `code
span`
=====
paragraph
- list
=====
paragraph
%%
comment
%%
""".strip("\n").split("\n=====\n")  # fmt: skip


def parser() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False})
    add_marks(made, Codes())
    add_dialects(made)
    return made


def pieces(text: str, least_chars: int) -> Iterator[str]:
    start = 0
    while start < len(text):
        end = text.find("\n", start + least_chars) + 1 or len(text)
        yield text[start:end]
        start = end


def shown(tokens: Sequence[Token]) -> list[object]:
    """Return tokens as values; marks have other numbers if they are met in another order."""
    return [
        (
            *(token.type, token.tag, token.nesting, token.map, token.level, uncoded(token.content)),
            *(token.markup, token.info, token.meta, token.hidden, token.attrs),
            shown(token.children or []),
        )
        for token in tokens
    ]


TEXTS = st.lists(
    st.tuples(st.sampled_from(BLOCKS), st.sampled_from(("\n", "\n\n", "\n\n\n", "\n \n"))), max_size=25
).map(lambda parts: "".join(block + end for block, end in parts))


@settings(max_examples=120)
@given(text=TEXTS, least_chars=st.sampled_from((1, 20, 60, 200)))
def test_the_tokens_of_parts_are_those_of_the_whole(text: str, least_chars: int) -> None:
    parts = tokens_of(parser(), lambda: pieces(text, least_chars), has_definitions=DEFINES in text)
    assert shown(list(parts)) == shown(parser().parse(text))


def test_most_parts_are_short() -> None:
    """A link at the beginning finds its address at the end, although both are parsed separately."""
    text = "[word]\n\n" + "A paragraph.\n\n" * 1000 + "[word]: /address\n"
    starts: list[int] = []

    def counted() -> Iterator[str]:
        for number, piece in enumerate(pieces(text, 100)):
            starts.append(number)
            yield piece

    tokens = tokens_of(parser(), counted, has_definitions=True)
    inline = [next(tokens) for _ in range(2)][1]
    assert [child.type for child in inline.children or []] == ["link_open", "text", "link_close"]
    assert (
        len(starts) < len(list(pieces(text, 100))) + 5
    )  # all for the definitions, and a few for the first part
