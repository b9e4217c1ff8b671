"""Files about people and companies: reps, customers, contacts."""

from __future__ import annotations

from sources.kinds.references import CUSTOMER
from sources.kinds.shape import Field, Kind


def _birthday() -> tuple[Field, Field]:
    return (
        Field(
            "birthday",
            "birthday",
            "birthday | date of birth | birth date | 生日 | 出生日期 | 农历生日 | lunar birthday",
        ),
        Field("birthday_calendar", "calendar", "birthday calendar | birthday type | 生日类型 | 生日历法 | 历法"),
    )


def _email() -> Field:
    return Field(
        "email",
        "email",
        "email | e-mail address | mail | email address | 邮箱 | 电子邮箱 | 电子邮件 | 邮件 | 邮箱地址 | 联系邮箱",
    )


def _phone() -> Field:
    return Field(
        "phone",
        "phone",
        "phone | phone number | mobile | mobile phone | telephone | tel | cell phone | contact phone"
        " | 联系电话 | 电话 | 手机 | 手机号 | 手机号码 | 联系人手机 | 电话号码 | 联系方式",
    )


REPS = Kind(
    "reps",
    "reps",
    (
        Field("email", "rep_email", _email().aliases, required=True),
        Field(
            "name",
            "text",
            "name | full name | rep | rep name | 姓名 | 名字 | 销售 | 销售姓名 | 员工 | 员工姓名",
            required=True,
        ),
        Field("roles", "roles", "role | roles | 角色 | 岗位 | 职责"),
        Field("team", "text", "team | group | department | 团队 | 小组 | 部门"),
        Field(
            "manager",
            "rep",
            "manager | manager email | managers email | reports to | boss | 经理 | 经理邮箱 | 上级"
            " | 上级邮箱 | 主管 | 主管邮箱 | 直属上级",
        ),
        Field("country", "country", "country | 国家"),
        Field("time_zone", "zone", "time zone | timezone | tz | 时区"),
        Field("language", "language", "language | locale | 语言"),
        Field("active", "yes", "active | 在职 | 启用"),
    ),
    "reps rep sales team staff people employees users 销售 员工 人员",
)

CUSTOMERS = Kind(
    "customers",
    "customers",
    (
        Field(
            "id",
            "key",
            "customer id | id | customer no | customer number | customer code | client id | account id"
            " | key | 客户编号 | 客户id | 客户代码 | 客户编码 | 编号 | 客户号",
        ),
        Field(
            "name",
            "name",
            "customer name | company name | name | company | customer | client name | client"
            " | account name | account | 客户名称 | 公司名称 | 名称 | 公司 | 客户 | 客户名 | 单位名称"
            " | 企业名称",
        ),
        Field("kind", "customer_kind", "kind | type | customer type | 客户类型 | 类型 | 客户性质"),
        Field(
            "parent",
            "customer",
            "parent | parent id | parent customer | parent account | parent name | group | holding"
            " | 母公司 | 上级客户 | 集团 | 集团客户 | 父客户 | 上级公司",
        ),
        Field("industry", "text", "industry | sector | branch | 行业 | 所属行业"),
        Field("size", "text", "size | company size | employees | headcount | 规模 | 公司规模 | 企业规模 | 人数"),
        Field("region", "text", "region | area | state | province | territory | 区域 | 地区 | 大区 | 省份 | 省"),
        Field("city", "text", "city | town | ort | stadt | 城市 | 市 | 所在城市"),
        Field("country", "text", "country | land | nation | 国家 | 国家地区"),
        Field("source", "text", "source | source channel | lead source | 来源 | 客户来源 | 来源渠道 | 获客渠道"),
        Field(
            "owner",
            "rep",
            "owner | owner email | owners email | account owner | sales rep | sales rep email | rep"
            " | rep email | 负责人 | 负责人邮箱 | 销售 | 销售邮箱 | 客户经理 | 客户经理邮箱 | 归属销售"
            " | 跟进人",
        ),
        _email(),
        _phone(),
        *_birthday(),
        Field("language", "language", "language | locale | sprache | 语言"),
        Field("time_zone", "zone", "time zone | timezone | tz | 时区"),
        Field(
            "consent_email",
            "consent",
            "consent email | email consent | email opt in | email allowed | 邮件授权 | 邮箱授权 | 邮件同意 | 同意邮件",
        ),
        Field(
            "consent_sms",
            "consent",
            "consent sms | sms consent | sms opt in | sms allowed | text consent | 短信授权 | 短信同意 | 同意短信",
        ),
        Field("tags", "tags", "tags | tag | labels | label | 标签 | 客户标签"),
        Field("credit_limit", "money", "credit limit | credit | credit line | 信用额度 | 授信额度 | 信用限额"),
        Field("overdue", "money", "overdue | overdue balance | overdue amount | past due | 逾期金额 | 逾期欠款 | 欠款"),
        Field(
            "contact_name",
            "text",
            "contact name | contact | contact person | ansprechpartner | 联系人 | 联系人姓名 | 主要联系人",
        ),
        Field(
            "contact_title",
            "text",
            "contact title | job title | title | position | 职务 | 职位 | 联系人职务 | 联系人职位",
        ),
    ),
    "customers customer clients accounts companies kunden 客户",
    either=("id", "name"),
)

CONTACTS = Kind(
    "contacts",
    "contacts",
    (
        Field("id", "key", "contact id | contact no | contact key | 联系人编号 | 联系人id | id | 编号"),
        Field("customer", "customer", CUSTOMER, required=True),
        Field(
            "name",
            "name",
            "contact name | name | contact | full name | contact person | 联系人 | 联系人姓名 | 姓名 | 名字",
            required=True,
        ),
        Field("title", "text", "contact title | title | job title | position | 职务 | 职位 | 联系人职务 | 联系人职位"),
        _email(),
        _phone(),
        *_birthday(),
    ),
    "contacts contact 联系人",
)
