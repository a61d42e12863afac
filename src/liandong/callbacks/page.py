"""The evaluation page: plain HTML without scripts, Chinese with English beside it, readable on a phone and by a screen reader."""

from html import escape

from liandong.catalogue.callbacks import CallbackPolicy

STYLE = (
    "body{font:1.125rem/1.6 system-ui,sans-serif;margin:0 auto;max-width:36rem;padding:1rem;color:#111;background:#fff}"
    "fieldset{border:1px solid #595959;border-radius:.5rem;margin:0 0 1rem;padding:.5rem 1rem}"
    "legend{font-weight:600}label{display:block;padding:.6rem 0;min-height:1.6rem}"
    "input[type=radio]{width:1.25rem;height:1.25rem;margin-right:.6rem;vertical-align:middle}"
    "textarea{box-sizing:border-box;width:100%;font:inherit;border:1px solid #595959;border-radius:.5rem;padding:.5rem}"
    "button{font:inherit;width:100%;padding:.9rem;border:0;border-radius:.5rem;background:#0050b3;color:#fff}"
    ":focus-visible{outline:3px solid #d46b08;outline-offset:2px}.error{border-left:.3rem solid #a8071a;padding-left:.8rem}"
    "[lang=en]{color:#434343;font-size:.9em}"
)
MAX_WORDS = 2000


def form(policy: CallbackPolicy, number: str, centre: tuple[str, str], error: tuple[str, str] | None = None) -> str:
    """What is asked: solved or not, five levels, and the caller's own words. Nothing of the matter is shown but its number."""
    levels = "".join(
        f'<label><input type="radio" name="satisfaction" value="{one.level}" required>{_both(one.zh, one.en)}</label>'
        for one in policy.levels
    )
    problem = f'<p class="error" role="alert">{_both(*error)}</p>' if error else ""
    return _page(
        "服务评价",
        "Evaluation",
        f"<p>{_both(f'{centre[0]}，编号 {number}', f'{centre[1]}, number {number}')}</p>{problem}"
        '<form method="post" accept-charset="utf-8">'
        f"<fieldset><legend>{_both('您反映的问题解决了吗？', 'Was it solved?')}</legend>"
        f'<label><input type="radio" name="solved" value="yes" required>{_both("已解决", "Yes")}</label>'
        f'<label><input type="radio" name="solved" value="no">{_both("未解决", "No")}</label></fieldset>'
        f"<fieldset><legend>{_both('您对办理满意吗？', 'How satisfied are you?')}</legend>{levels}</fieldset>"
        f'<label for="words">{_both("您想说的话（可不填）", "Your own words (optional)")}</label>'
        f'<textarea id="words" name="words" rows="4" maxlength="{MAX_WORDS}"></textarea>'
        f'<p><button type="submit">{_both("提交", "Send")}</button></p></form>',
    )


def said(zh: str, en: str) -> str:
    """A page that only says something."""
    return _page(zh, en, f'<p role="status">{_both(zh, en)}</p>')


def _page(zh: str, en: str, body: str) -> str:
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta name="robots" content="noindex"><title>{escape(zh)} {escape(en)}</title><style>{STYLE}</style></head>'
        f"<body><main><h1>{_both(zh, en)}</h1>{body}</main></body></html>"
    )


def _both(zh: str, en: str) -> str:
    return f'{escape(zh)} <span lang="en">{escape(en)}</span>'
