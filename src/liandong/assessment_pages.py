"""The pages docs/measures.md and docs/detectors.md, from the tables."""

from liandong.assessment.policy import default_rules
from liandong.detectors.policy import load_detectors


def measures_page(note: str) -> str:
    rules = default_rules()
    weights = "，".join(f"{name} {weight:g}" for name, weight in rules.policy.weights.items())
    lines = [
        note,
        "# 考核指标 / Measures",
        "",
        f"口径版本 {rules.version}；权重 {weights}；重复来电以 {rules.policy.repeat_days} 天计。条件用的是 `assessed_orders` 的列，`as_of` 是计算（或封存）的时刻。"
        "城市在 `assessment_folder` 里放同名文件即可改动，见 [howto/assess.md](howto/assess.md)。 /",
        "A city changes them by files of the same names in its `assessment_folder`. Conditions are over the columns of `assessed_orders`; `as_of` is when it is counted or was frozen.",
        "",
        "| 代码 / name | 指标 | measure | 口径 | how | numerator | denominator | period by | exclusions | better |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for one in rules.measures:
        numerator = one.numerator or (f"{one.value}, quantile {one.quantile:g}" if one.value else "")
        excluded = "yes" if one.excludes else ""
        lines.append(
            f"| `{one.name}` | {one.zh} | {one.en} | {one.zh_says} | {one.en_says} | {_code(numerator)} | {_code(one.denominator)} |"
            f" `{one.moment}` | {excluded} | {one.better} |"
        )
    lines += ["", "## 剔除原因 / Reasons of exclusions", "", "| code | 中文 | English |", "|---|---|---|"]
    lines += [f"| `{code}` | {zh} | {en} |" for code, (zh, en) in rules.policy.exclusions.items()]
    return "\n".join([*lines, ""])


def detectors_page(note: str) -> str:
    policy = load_detectors(None)
    training = policy.training
    lines = [
        note,
        "# 疑点规则 / Detectors",
        "",
        f"版本 {policy.version}。分值达到阈值即提示；属实与否由人核查。一条规则近 {training.window} 条、至少 {training.least} 条有核查结论后，"
        f"属实不足 {training.low:.0%} 阈值升一步，超过 {training.high:.0%} 降一步，不出 min 与 max。 /",
        f"A flag is raised where the score reaches the threshold; a person decides. Of the last {training.window} decided flags raised under a threshold, at least"
        f" {training.least}: fewer than {training.low:.0%} confirmed moves it one step up, more than {training.high:.0%} one step down, within min and max.",
        "",
        "| 代码 / name | 疑点 | flag | 规则 | rule | threshold | step | min–max | parameters |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for one in policy.detectors:
        params = ", ".join(f"{name} {value:g}" for name, value in one.params.items())
        lines.append(
            f"| `{one.name}` | {one.zh} | {one.en} | {one.zh_rule} | {one.en_rule} | {one.threshold:g} | {one.step:g} | {one.min:g}–{one.max:g} | {params} |"
        )
    return "\n".join([*lines, ""])


def _code(condition: str) -> str:
    return f"`{condition}`" if condition else ""
