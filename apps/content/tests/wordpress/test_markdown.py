"""What WordPress stores, and the Markdown that says the same."""

import pytest

from apps.content.wordpress.markup import replace_galleries, to_markdown

CASES = {
    "paragraphs are parted by blank lines": ("One.\n\nTwo.\r\n\r\n\r\nThree.", "One.\n\nTwo.\n\nThree."),
    "a line break counts": ("One\ntwo<br />\nthree", "One\\\ntwo\\\nthree"),
    "two line breaks are a paragraph": ("One<br><br>two", "One\n\ntwo"),
    "a line break at an end is none": ("<p>One<br></p><p><b>Two<br></b></p>", "One\n\n**Two**"),
    "a line break moves out of emphasis": ("<b>One<br></b>two", "**One**\\\ntwo"),
    "paragraphs inside a block": ("<div>One.\n\nTwo.</div>Three.", "One.\n\nTwo.\n\nThree."),
    "end tags that were left out": ("<p>One<p>Two<ul><li>a<li>b</ul>", "One\n\nTwo\n\n- a\n- b"),
    "empty paragraphs vanish": ("One\n\n&nbsp;\n\n<p>&nbsp;</p><p></p>Two", "One\n\nTwo"),
    "headings": ("<h1>A</h1><h2>B <b>c</b></h2><h6>D</h6><h3></h3>", "# A\n\n## B **c**\n\n###### D"),
    "entities": ("&lt;b&gt; &amp; &eacute; &#8211; &hellip;", "\\<b> & é – …"),
    "emphasis": ("<b>a</b> <i>b</i> <s>c</s> <strike>d</strike> <u>e</u>", "**a** *b* ~~c~~ ~~d~~ e"),
    "emphasis without the space": ("a<b> b </b>c", "a **b** c"),
    "emphasis over paragraphs": ("<div><b><p>a</p><p>b</p></b></div>", "**a**\n\n**b**"),
    "emphasis that would not end": ("<b>Note:</b>text", "**Note**:text"),
    "emphasis of nothing": ("a<b></b><i> </i>b", "a b"),
    "emphasis side by side": ("<b>a</b><b>b</b>", "**ab**"),
    "figures above and below": ("E = mc<sup>2</sup>, H<sub>2</sub>O, 1<sup>st</sup>", "E = mc², H₂O, 1st"),
    "a link": ('<a href="/a b(c" title="T &quot;q&quot;">x</a>', '[x](/a%20b%28c "T \\"q\\"")'),
    "a link of itself": ('<a href="https://a.test/x_y">https://a.test/x_y</a>', "<https://a.test/x_y>"),
    "a link without address": ('<a name="x">here</a>', "here"),
    "a link around blocks": ('<a href="/x"><h2>A</h2><p>b</p></a>', "[A b](/x)"),
    "a bare address on its line": ("https://video.test/watch?v=a_b", "<https://video.test/watch?v=a_b>"),
    "a bare address in a sentence": ("See https://a.test/_x_ now", "See https://a.test/_x_ now"),
    "an image": ('<img src="/a.jpg" alt="A 1] b" title="T">', '![A 1\\] b](/a.jpg "T")'),
    "an image in a link": ('<a href="/a.jpg"><img src="/b.jpg" /></a>', "[![](/b.jpg)](/a.jpg)"),
    "an image in a heading": ('<h2><img src="/a.jpg"></h2>', "## ![](/a.jpg)"),
    "an image without address": ('a <img alt="x"> b', "a b"),
    "a smiley": ('Hi <img class="wp-smiley" src="/s.gif" alt=":)">', "Hi :)"),
    "a list": ("<ul>\n\t<li>a</li>\n\t<li>b\n<ol>\n<li>c</li></ol></li>\n</ul>", "- a\n- b\n  1. c"),
    "a list that begins at three": ("<ol start=3><li>a</li><li value=7>b</li><li>c</li></ol>", "3. a\n7. b\n8. c"),
    "a list directly in a list": ("<ul><li>a</li><ul><li>b</li></ul></ul>", "- a\n  - b"),
    "paragraphs in a list": ("<ol><li><p>a</p><p>b</p></li></ol>", "1. a\n\n   b"),
    "terms and their meanings": ("<dl><dt>a</dt><dd>b</dd></dl>", "**a**\n\nb"),
    "a quotation": ("<blockquote>a\n\nb<cite>c</cite></blockquote>d", "> a\n>\n> b*c*\n\nd"),
    "a quotation in a quotation": ("<blockquote>a<blockquote>b</blockquote></blockquote>", "> a\n>\n> > b"),
    "a rule": ("a<hr />b", "a\n\n---\n\nb"),
    "a page break": ("a\n<!--nextpage-->\nb", "a\n\n---\n\nb"),
    "the rest of a post": ("a\n<!--more Read on-->\nb", "a\n\nb"),
    "a comment": ("a <!-- hidden\n\nwords --> b", "a b"),
    "script and style": ("a<script>x('<p>')</script><STYLE>p{}</STYLE>b", "ab"),
    "a player": ('<iframe src="//v.test/e/1"></iframe>', "<https://v.test/e/1>"),
    "a player with sources": ('<video><source src="/a.mp4"></video>', "[/a.mp4](/a.mp4)"),
    "a table": (
        "<table>\n<thead><tr><th>A</th><th>B</th></tr></thead>\n<tr><td>1</td><td>x|y</td></tr>\n</table>",
        "| A | B |\n| --- | --- |\n| 1 | x\\|y |",
    ),
    "a table without header": (
        "<table><tbody><tr><td>1</td><td>2</td></tr></tbody></table>",
        "| | |\n| --- | --- |\n| 1 | 2 |",
    ),
    "a table with spans, caption and foot": (
        "<table><caption>C</caption><tfoot><tr><td>f</td></tr></tfoot><tr><th>A</th><th colspan=2>B</th></tr>"
        "<tr><td rowspan=2>1</td><td>2</td><td>3</td></tr><tr><td>4</td><td>5</td></tr></table>",
        "C\n\n| A | B | |\n| --- | --- | --- |\n| 1 | 2 | 3 |\n| | 4 | 5 |\n| f | | |",
    ),
    "a table in a table": (
        "<table><tr><th>A</th></tr><tr><td><table><tr><td>1</td><td>2</td></tr></table></td></tr></table>",
        "| A |\n| --- |\n| 1 2 |",
    ),
    "blocks in a cell": (
        "<table><tr><th>A</th></tr><tr><td><p>a</p><p>b</p><ul><li>c</li></ul><pre>d\ne</pre></td></tr></table>",
        "| A |\n| --- |\n| a b c `d e` |",
    ),
    "code": ("Use <code>a * b_c</code> or <tt>`x`</tt> or <kbd>^C</kbd>.", "Use `a * b_c` or `` `x` `` or `^C`."),
    "code keeps tags": ("<code><div class='x'></code> and <code>&lt;b&gt;</code>", "`<div class='x'>` and `<b>`"),
    "a listing": (
        "<pre>\n if (a &lt; b) {\n\n\t<p>x</p>\n}  \n</pre>",
        "```\n if (a < b) {\n\n\t<p>x</p>\n}\n```",
    ),
    "a listing in colours": (
        '<pre><code class="language-php"><span class="k">echo</span> 1;<br>done</code></pre>',
        "```php\necho 1;\ndone\n```",
    ),
    "a listing with fences": ("<pre>```\nx\n```</pre>", "````\n```\nx\n```\n````"),
    "a listing in a list": ("<ul><li>a<pre>b\n\nc</pre></li></ul>", "- a\n\n  ```\n  b\n\n  c\n  ```"),
    "a listing written as code": ("See:\n\n<code>a\nb</code>", "See:\n\n```\na\nb\n```"),
    "a listing as a shortcode": (
        '[sourcecode lang="php"]\n$a = &quot;<b>&quot;;\n[/sourcecode]',
        '```php\n$a = "<b>";\n```',
    ),
    "a caption": (
        '[caption id="attachment_1" width="3"]<a href="/b"><img src="/a.jpg" alt="A" /></a> The <b>bow</b>.[/caption]',
        "[![A](/a.jpg)](/b)\n\nThe **bow**.",
    ),
    "a caption of old": (
        "a[caption id=\"x\" caption=\"The bow\"]<img src='/a.jpg'>[/caption]b",
        "a\n\n![](/a.jpg)\n\nThe bow\n\nb",
    ),
    "an embed": ("[embed width=400]https://v.test/a_b?c=1[/embed]", "<https://v.test/a_b?c=1>"),
    "a gallery": ('a\n\n[gallery columns=2 ids="3,1,2"]\n\nb', 'a\n\n[gallery columns=2 ids="3,1,2"]\n\nb'),
    "any other shortcode": (
        '[my_box a_b="*x*" c=\'_\']*in* [/my_box] [[shown]] [x/]',
        '[my_box a_b="*x*" c=\'_\']\\*in\\* [/my_box] [[shown]] [x/]',
    ),
    "words in brackets": (
        "[sic] [](x) [a](javascript:b) [1]: http://c",
        "[sic] [\\](x) [a\\](javascript:b) [1\\]: http://c",
    ),
    "script from right to left": ("<p dir='rtl'>שלום <b>עולם</b></p>", "שלום **עולם**"),
}  # fmt: skip


@pytest.mark.parametrize(("html", "markdown"), CASES.values(), ids=CASES.keys())
def test_the_classic_editor(html: str, markdown: str) -> None:
    assert to_markdown(html) == markdown


BLOCKS = {
    "a paragraph keeps no line breaks of its source": (
        '<!-- wp:paragraph {"align":"center"} -->\n<p>One\ntwo</p>\n<!-- /wp:paragraph -->',
        "One\ntwo",
    ),
    "text between blocks is of the classic editor": (
        "<!-- wp:paragraph --><p>One</p><!-- /wp:paragraph -->\nTwo\nthree\n\nFour<!-- wp:tag-cloud /-->\n\nFive",
        "One\n\nTwo\\\nthree\n\nFour\n\nFive",
    ),
    "a classic block": ("<!-- wp:freeform -->\nOne\n\nTwo\n<!-- /wp:freeform -->", "One\n\nTwo"),
    "a gallery": (
        '<!-- wp:gallery {"ids":[1,2]} -->\n<figure class="wp-block-gallery"><ul class="blocks-gallery-grid">'
        '<li class="blocks-gallery-item"><figure><img src="/a.jpg" alt="A"/>'
        "<figcaption>The bow</figcaption></figure></li>"
        '<li class="blocks-gallery-item"><figure><a href="/b.jpg"><img src="/b-1x1.jpg"/></a></figure></li></ul>'
        '<figcaption class="blocks-gallery-caption">Two <em>boats</em></figcaption></figure>\n<!-- /wp:gallery -->',
        "![A](/a.jpg)\n\nThe bow\n\n[![](/b-1x1.jpg)](/b.jpg)\n\nTwo *boats*",
    ),
    "an embed": (
        '<!-- wp:embed {"url":"https://v.test/1"} -->\n<figure class="wp-block-embed">'
        '<div class="wp-block-embed__wrapper">\n'
        "https://v.test/1\n</div><figcaption>Film</figcaption></figure>\n<!-- /wp:embed -->",
        "<https://v.test/1>\n\nFilm",
    ),
    "code that shows a block": (
        '<!-- wp:code -->\n<pre class="wp-block-code"><code>&lt;!-- wp:x -->\n&#91;gallery]</code></pre>'
        "\n<!-- /wp:code -->",
        "```\n<!-- wp:x -->\n[gallery]\n```",
    ),
    "a verse": (
        '<!-- wp:verse -->\n<pre class="wp-block-verse">Ebb \nand <em>flow</em></pre>\n<!-- /wp:verse -->',
        "Ebb\\\nand *flow*",
    ),
    "a cover": (
        '<!-- wp:cover -->\n<div class="wp-block-cover" style="background-image:url(/a.jpg)"><p>Over</p></div>'
        "\n<!-- /wp:cover -->",
        "![](/a.jpg)\n\nOver",
    ),
    "a file": (
        '<!-- wp:file -->\n<div class="wp-block-file"><a href="/a.pdf">Tides</a><a href="/a.pdf" '
        'class="wp-block-file__button" download>Download</a></div>\n<!-- /wp:file -->',
        "[Tides](/a.pdf)",
    ),
    "a quotation": (
        '<!-- wp:quote -->\n<blockquote class="wp-block-quote"><p>Ebb.</p><cite>Mara</cite></blockquote>'
        "\n<!-- /wp:quote -->",
        "> Ebb.\n>\n> *Mara*",
    ),
    "a page break": ("<!-- wp:nextpage -->\n<!--nextpage-->\n<!-- /wp:nextpage -->", "---"),
    "more, a spacer, widgets": (
        '<!-- wp:more -->\n<!--more-->\n<!-- /wp:more -->\n<!-- wp:spacer -->\n<div style="height:9px"'
        ' class="wp-block-spacer"></div>\n<!-- /wp:spacer -->\n<!-- wp:latest-posts {"n":5} /-->',
        "",
    ),
    "a comment that does not end": ("<p>a</p> <!-- wp:paragraph", "a\n\n\\<!-- wp:paragraph"),
}  # fmt: skip


@pytest.mark.parametrize(("html", "markdown"), BLOCKS.values(), ids=BLOCKS.keys())
def test_the_block_editor(html: str, markdown: str) -> None:
    assert to_markdown(html) == markdown


def test_galleries_are_replaced_by_what_their_images_become_but_not_in_code() -> None:
    markdown = to_markdown(
        "[gallery]\n\nA [gallery columns=2 ids='3, 1,2' size=\"x\"] b [[gallery ids=4]]\n\n<pre>[gallery ids=5]</pre>"
    )
    shown = replace_galleries(markdown, lambda ids: f"({','.join(map(str, ids))})")
    assert shown == "()\n\nA (3,1,2) b [[gallery ids=4]]\n\n```\n[gallery ids=5]\n```"
