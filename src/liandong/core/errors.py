"""One tree of errors. Each has a published code, an HTTP status and words in Chinese and English that say what to do.

`PROBLEMS` is the published table (docs/errors.md is generated from it). An error becomes `application/problem+json`
(RFC 9457) in one place, `problem()`.
"""

from typing import Any

from msgspec import Struct


class Problem(Struct, frozen=True):
    status: int
    title: str
    title_en: str


PROBLEMS: dict[str, Problem] = {
    "bad_request": Problem(400, "请求内容有误", "The request is not valid"),
    "field_invalid": Problem(400, "字段内容有误", "A field is not valid"),
    "json_malformed": Problem(400, "不是有效的 JSON", "The body is not valid JSON"),
    "idempotency_key_missing": Problem(400, "缺少 Idempotency-Key 请求头", "The Idempotency-Key header is missing"),
    "idempotency_key_reused": Problem(
        422, "同一 Idempotency-Key 用于了不同的内容", "The Idempotency-Key was used before with another body"
    ),
    "not_signed_in": Problem(401, "未登录，或访问密钥无效", "Not signed in, or no valid API key was given"),
    "wrong_credentials": Problem(401, "账号或密码不正确", "The name or the password is not right"),
    "code_required": Problem(401, "需要动态验证码", "A code of the second factor is needed"),
    "code_wrong": Problem(401, "动态验证码不正确", "The code of the second factor is not right"),
    "locked_out": Problem(429, "连续输错，账号暂时锁定", "Too many failures: the account is locked for a while"),
    "too_many_requests": Problem(429, "请求过于频繁，请稍后再试", "Too many requests: try again later"),
    "password_expired": Problem(403, "密码已到期或须修改，请先修改密码", "The password has to be changed first"),
    "password_weak": Problem(422, "密码不符合要求", "The password does not keep the rules"),
    "csrf_missing": Problem(403, "缺少或不符的 X-CSRF-Token 请求头", "The X-CSRF-Token header is missing or not right"),
    "account_exists": Problem(409, "账号已存在", "The account is already there"),
    "roles_incompatible": Problem(422, "这些角色不能由同一账号担任", "These roles may not be held by one account"),
    "oidc_failed": Problem(401, "统一身份认证未通过", "The sign-in by the identity provider failed"),
    "hidden_caller": Problem(
        409,
        "诉求人要求保密，须说明理由并由第二人确认",
        "The caller is hidden: open it by break-glass, a second person confirms",
    ),
    "not_permitted": Problem(403, "此角色不能这样做", "This role may not do that"),
    "not_found": Problem(404, "没有找到", "Not found"),
    "method_not_allowed": Problem(405, "此地址不支持这种请求方法", "This address does not take that method"),
    "stale_version": Problem(
        409,
        "内容已被他人更新，请查看最新版本后重试",
        "Somebody changed it first: look at the current version and try again",
    ),
    "action_not_allowed": Problem(409, "当前状态不能进行此操作", "This can't be done in the present state"),
    "guard_refused": Problem(409, "按规则现在不能这样做", "A rule forbids this now"),
    "period_frozen": Problem(409, "所在考核周期已封存", "The assessment period is frozen"),
    "second_person_needed": Problem(409, "须由另一人审批", "Another person has to decide this"),
    "no_such_peer": Problem(409, "没有配置这个对接中心", "No such peer centre is configured"),
    "catalogue_invalid": Problem(
        400, "对接事项清单有误，一项也没有收下", "The transfer list has faults: nothing of it was taken"
    ),
    "too_large": Problem(413, "内容过大", "The body is too large"),
    "unsupported_media": Problem(415, "请以 JSON 提交", "Send JSON"),
    "signature_invalid": Problem(401, "签名无效", "The signature is not valid"),
    "sender_unknown": Problem(401, "发送方不在对接名单中", "The sender is not a configured peer"),
    "receiver_wrong": Problem(400, "消息不是发给本中心的", "The message is for another centre"),
    "message_malformed": Problem(400, "消息不符合规范", "The message does not follow its schema"),
    "out_of_order": Problem(
        409, "同一诉求的前一条消息尚未收到，请按序重发", "An earlier message of this matter is missing: send in order"
    ),
    "message_reused": Problem(409, "同一消息编号对应了不同的内容", "The message id was used before with other content"),
    "unknown_matter": Problem(404, "本中心没有这个诉求", "This centre does not have that matter"),
    "attachment_too_large": Problem(413, "附件超过限额", "The attachments exceed a limit"),
    "media_type_refused": Problem(415, "不接受这种文件", "This kind of file is not accepted"),
    "offset_wrong": Problem(409, "续传的位置不对", "The bytes do not go on where the last ones ended"),
    "upload_incomplete": Problem(409, "文件还没有传完", "The file is not complete yet"),
    "hash_wrong": Problem(422, "文件与申报的校验值不符", "The file does not have the hash that was declared"),
    "attachment_infected": Problem(403, "文件含有病毒，已隔离", "The file is infected and kept in quarantine"),
    "attachment_unscanned": Problem(
        403, "文件未经病毒扫描，本中心不提供", "The file was not scanned, and this centre does not serve such"
    ),
    "attachment_not_ready": Problem(409, "附件还不能取用", "The attachment can't be served yet"),
    "range_wrong": Problem(416, "要求的字节范围不存在", "The file has no such range of bytes"),
    "chunk_wrong": Problem(
        422, "这一段的长度或校验值不符", "This piece does not have the length or hash that was sealed"
    ),
    "quota_exceeded": Problem(429, "超过账号的调用限额，请稍后再试", "Beyond the account's quota: try again later"),
    "format_unknown": Problem(404, "没有这种格式，请用 .json 或 .xml", "No such format: use .json or .xml"),
    "draft_unavailable": Problem(
        503, "大模型没有给出可用的草稿，请自己写", "The large model gave no usable draft: write it yourself"
    ),
    "try_again": Problem(
        503,
        "系统繁忙或正在恢复，请稍后重试，已提交的内容不会丢失",
        "Busy or recovering: try again; what was accepted is kept",
    ),
    "internal": Problem(500, "系统内部错误，已记录", "An internal error; it has been recorded"),
}


class AppError(Exception):
    """An expected refusal. `code` is a key of PROBLEMS; `text` says what, why and what now; `extra` joins the problem body.

    What is costly to find out may stand in `extra` as a function: it is asked when the body is written.
    """

    def __init__(self, code: str, text: str = "", **extra: Any) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text
        self.extra = extra

    @property
    def status(self) -> int:
        return PROBLEMS[self.code].status


def problem(error: AppError) -> dict[str, Any]:
    """The RFC 9457 body of an error."""
    known = PROBLEMS[error.code]
    return {
        "type": f"urn:liandong:problem:{error.code}",
        "code": error.code,
        "status": known.status,
        "title": known.title,
        "title_en": known.title_en,
        "detail": error.text or known.title,
        **{name: said() if callable(said) else said for name, said in error.extra.items()},
    }
